// The dates: a slider that stops at changes, a strip that shows where they are dense and how much ground passed,
// buttons, a box, and playing.
import { byId, element } from "./elements.js";
import { lastNotAfter } from "./model.js";

const THUMB = 16; // pixels; the middle of the slider's thumb moves within half of it of the ends

export class Timeline {
  /// `onTime(t, isPlaying)` is called with every instant that is chosen.
  constructor(model, onTime) {
    this.model = model;
    this.onTime = onTime;
    this.slider = byId("slider");
    this.scale = this.#usualScale();
    byId("scale").value = this.scale;
    byId("periods").append(...model.periods().map((p) => element("option", { value: p.id }, p.title ?? p.id)));
    byId("previous").addEventListener("click", () => this.step(-1));
    byId("next").addEventListener("click", () => this.step(1));
    byId("play").addEventListener("click", () => (this.playing ? this.stop() : this.play()));
    byId("speed").addEventListener("change", () => this.playing && this.play());
    byId("scale").addEventListener("change", (event) => {
      this.scale = event.target.value;
      this.draw();
    });
    this.slider.addEventListener("input", () => this.#choose(this.#nearest(this.slider.value / 10000)));
    this.slider.addEventListener("keydown", (event) => this.#key(event));
    byId("strip").addEventListener("pointerdown", (event) => {
      const { left, width } = event.target.getBoundingClientRect();
      this.#choose(this.#nearest((event.clientX - left - THUMB / 2) / (width - THUMB)));
    });
    byId("date").addEventListener("change", () => this.readBox(byId("date"), (t) => this.#show(t)));
    // Instants need more room than days.
    const longest = Math.max(13, ...model.dates.map((t) => model.label(t).length + 1));
    for (const id of ["date", "from"]) byId(id).size = longest;
    document.documentElement.classList.toggle("instants", longest > 13);
    new ResizeObserver(() => this.draw()).observe(byId("strip"));
  }

  /// One step each where many changes lie so close together that the calendar would show them as one.
  #usualScale() {
    const { dates } = this.model;
    const close = (dates.at(-1) - dates[0]) / Math.max(250, 2 * dates.length);
    const hidden = dates.filter((t, i) => i > 0 && t - dates[i - 1] < close).length;
    return dates.length < 3 || hidden > dates.length / 4 ? "even" : "calendar";
  }

  #at(i) {
    const { dates } = this.model;
    if (dates.length < 2) return 0.5;
    return this.scale === "even" ? i / (dates.length - 1) : (dates[i] - dates[0]) / (dates.at(-1) - dates[0]);
  }
  /// Where an instant lies between the ends of the slider.
  #place(t) {
    const { dates } = this.model;
    const i = lastNotAfter(dates, t);
    if (i < 0) return 0;
    if (i === dates.length - 1) return this.#at(i);
    const part = (t - dates[i]) / (dates[i + 1] - dates[i]);
    return this.#at(i) + part * (this.#at(i + 1) - this.#at(i));
  }
  #nearest(place) {
    const { dates } = this.model;
    if (this.scale === "even") return Math.max(0, Math.min(dates.length - 1, Math.round(place * (dates.length - 1))));
    const t = dates[0] + place * (dates.at(-1) - dates[0]);
    const i = Math.max(0, lastNotAfter(dates, t));
    return i + 1 < dates.length && dates[i + 1] - t < t - dates[i] ? i + 1 : i;
  }
  #choose(i) {
    this.#show(this.model.dates[i]);
  }
  /// Shows an instant, and plays no more.
  #show(t) {
    this.#endPlaying();
    this.onTime(t);
  }

  #key(event) {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -Infinity, End: Infinity }[event.key];
    if (steps === undefined) return;
    event.preventDefault();
    this.step(steps);
  }
  step(steps) {
    this.#show(this.#after(steps));
  }
  /// The date so many steps from here.
  #after(steps) {
    const { dates } = this.model;
    const here = lastNotAfter(dates, this.t);
    const from = steps < 0 && here >= 0 && dates[here] < this.t ? here + 1 : here;
    return dates[Math.max(0, Math.min(dates.length - 1, from + steps))];
  }

  play() {
    const { dates } = this.model;
    clearInterval(this.playing);
    if (this.t >= dates.at(-1)) this.onTime(dates[0], true);
    this.playing = setInterval(() => {
      if (this.t >= dates.at(-1)) this.stop();
      else this.onTime(this.#after(1), true);
    }, 1000 / byId("speed").value);
    this.#showPlaying(true);
  }
  /// Of a page that plays: stays where it is, and says so.
  stop() {
    if (this.#endPlaying()) this.onTime(this.t);
  }
  #endPlaying() {
    if (!this.playing) return false;
    clearInterval(this.playing);
    this.playing = null;
    this.#showPlaying(false);
    return true;
  }
  #showPlaying(is) {
    byId("play").textContent = is ? "Pause" : "Play";
    byId("play").setAttribute("aria-pressed", is);
  }

  /// Reads a box; marks it, and says why, where its text is no date that the page can show.
  readBox(box, take) {
    let t = null;
    let trouble = "";
    try {
      t = this.model.parse(box.value);
    } catch (error) {
      trouble = error.message;
    }
    box.setAttribute("aria-invalid", t === null);
    box.setCustomValidity(trouble);
    if (t === null) box.reportValidity();
    else take(t);
  }

  set(t) {
    this.t = t;
    const { model } = this;
    const i = model.dateIndex(t);
    this.slider.value = 10000 * this.#place(t);
    this.slider.setAttribute("aria-valuetext", model.label(t));
    byId("date").value = model.label(t);
    byId("date").setCustomValidity("");
    byId("date").removeAttribute("aria-invalid");
    byId("count").textContent = i < 0 ? `before the first of ${model.dates.length} changes`
      : `${model.dates[i] === t ? "" : "after "}change ${i + 1} of ${model.dates.length}`;
    // Not disabled: that would take the focus from whoever presses them by keyboard.
    byId("previous").setAttribute("aria-disabled", i <= 0 && t <= model.dates[0]);
    byId("next").setAttribute("aria-disabled", i === model.dates.length - 1);
    this.#drawMark();
  }

  #canvas(id) {
    const canvas = byId(id);
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return { context, width, height };
  }

  draw() {
    const { model } = this;
    const style = getComputedStyle(document.documentElement);
    const [mark, dim, rule] = ["--mark", "--dim", "--rule"].map((name) => style.getPropertyValue(name));
    const { context, width, height } = this.#canvas("strip");
    if (width === 0) return;
    const x = (place) => THUMB / 2 + place * (width - THUMB);
    // Bars that fall on one pixel are one: what passed adds up.
    const columns = new Map();
    model.dates.forEach((_, i) => {
      const column = Math.round(x(this.#at(i)));
      columns.set(column, (columns.get(column) ?? 0) + model.weights[i]);
    });
    // The first date often brings all ground at once; it must not make what follows invisible.
    const tall = [...columns.values()].filter((weight) => weight > 0).sort((a, b) => a - b);
    const most = Math.max(1.5 * (tall[Math.floor(0.9 * (tall.length - 1))] ?? 0), 1);
    const step = (width - THUMB) / Math.max(1, model.dates.length - 1);
    const thick = Math.max(1, Math.min(8, this.scale === "even" ? step * 0.7 : 1.5));
    context.fillStyle = rule;
    context.fillRect(THUMB / 2, height - 1, width - THUMB, 1);
    for (const [column, weight] of columns) {
      // A change of other themes than that which is measured passes no ground: it has a low mark.
      const high = weight > 0 ? 4 + (height - 8) * Math.sqrt(Math.min(1, weight / most)) : 3;
      context.fillStyle = weight > 0 ? dim : rule;
      context.fillRect(column - thick / 2, height - high, thick, high);
    }
    this.picture = context.getImageData(0, 0, context.canvas.width, context.canvas.height);
    this.markColor = mark;
    this.#drawMark();
    this.#drawYears(x, dim);
    if (this.t !== undefined) this.slider.value = 10000 * this.#place(this.t);
  }

  #drawMark() {
    if (!this.picture) return;
    const canvas = byId("strip");
    const context = canvas.getContext("2d");
    context.putImageData(this.picture, 0, 0);
    context.fillStyle = this.markColor;
    const x = THUMB / 2 + this.#place(this.t ?? this.model.dates[0]) * (canvas.clientWidth - THUMB);
    context.fillRect(x - 1, 0, 2, canvas.clientHeight);
  }

  #drawYears(x, color) {
    const { model } = this;
    const { context, width } = this.#canvas("years");
    const { dates, calendar } = model;
    if (!Number.isFinite(dates[0])) return;
    context.fillStyle = color;
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "top";
    // Where a label is to be, how far to the right it may be moved, and its text.
    const labels = [];
    if (this.scale === "even") {
      // A year reaches from its first step to its last, and its label stands somewhere there.
      dates.forEach((t, i) => {
        const text = String(calendar.year(t));
        if (labels.at(-1)?.[2] === text) labels.at(-1)[1] = x(this.#at(i));
        else labels.push([x(this.#at(i)), x(this.#at(i)), text]);
      });
    } else {
      const [first, last] = [calendar.year(dates[0]), calendar.year(dates.at(-1))];
      const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((s) => (last - first) / s <= width / 60) ?? 1000;
      if (last - first < 4) {
        for (let y = first; y <= last; ++y)
          for (const month of [1, 4, 7, 10]) {
            const text = `${y < 0 ? "-" : ""}${String(Math.abs(y)).padStart(4, "0")}-${String(month).padStart(2, "0")}`;
            const t = calendar.parse(text);
            if (t !== null && t >= dates[0] && t <= dates.at(-1)) labels.push([x(this.#place(t)), x(this.#place(t)), text]);
          }
      } else {
        for (let year = Math.ceil(first / step) * step; year <= last; year += step)
          labels.push(Array(2).fill(x((calendar.beginOf(year) - dates[0]) / (dates.at(-1) - dates[0]))).concat(String(year)));
      }
    }
    // The first and the last have their places; then, the more steps a label stands for, the sooner.
    const taken = [];
    const weight = (label) => (label === labels[0] || label === labels.at(-1) ? Infinity : label[1] - label[0]);
    const sorted = labels.map((label) => ({ label, size: weight(label) })).sort((a, b) => (a.size === b.size ? 0 : b.size - a.size));
    for (const { label: [from, to, text] } of sorted) {
      const wide = context.measureText(text).width;
      const left = (at) => Math.max(0, Math.min(width - wide, at - wide / 2));
      const isFree = (at) => taken.every(([begin, end]) => at + wide + 5 < begin || at > end + 5);
      const at = [from, ...taken.map(([, end]) => end + 6 + wide / 2).filter((middle) => middle > from && middle <= to)].map(left).find(isFree);
      if (from < 0 || at === undefined) continue;
      taken.push([at, at + wide]);
      context.fillText(text, at, 2);
    }
  }
}
