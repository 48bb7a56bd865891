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
    byId("periods").append(...model.data.periods.map((p) => element("option", { value: p.id }, p.title ?? p.id)));
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
    byId("date").addEventListener("change", () => this.#typed(byId("date"), (t) => { this.stop(); this.onTime(t); }));
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
    this.stop();
    this.onTime(this.model.dates[i]);
  }

  #key(event) {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -Infinity, End: Infinity }[event.key];
    if (steps === undefined) return;
    event.preventDefault();
    this.step(steps);
  }
  step(steps) {
    this.stop();
    this.#move(steps);
  }
  #move(steps, isPlaying = false) {
    const { dates } = this.model;
    const here = lastNotAfter(dates, this.t);
    const from = steps < 0 && here >= 0 && dates[here] < this.t ? here + 1 : here;
    this.onTime(dates[Math.max(0, Math.min(dates.length - 1, from + steps))], isPlaying);
  }

  play() {
    const { dates } = this.model;
    clearInterval(this.playing);
    if (this.t >= dates.at(-1)) this.onTime(dates[0], true);
    this.playing = setInterval(() => {
      if (this.t >= dates.at(-1)) this.stop();
      else this.#move(1, true);
    }, 1000 / byId("speed").value);
    this.#showPlaying(true);
  }
  stop() {
    if (!this.playing) return;
    clearInterval(this.playing);
    this.playing = null;
    this.#showPlaying(false);
  }
  #showPlaying(is) {
    byId("play").textContent = is ? "Pause" : "Play";
    byId("play").setAttribute("aria-pressed", is);
  }

  /// Reads a box; marks it where its text is no date.
  #typed(box, take) {
    const t = this.model.parse(box.value);
    box.setAttribute("aria-invalid", t === null);
    box.setCustomValidity(t === null ? "Write a year, month or day, as 1994-05-12, or a period's id" : "");
    if (t === null) box.reportValidity();
    else take(t);
  }
  readBox(box, take) {
    this.#typed(box, take);
  }

  set(t) {
    this.t = t;
    const { model } = this;
    const i = model.dateIndex(t);
    this.slider.value = 10000 * this.#place(t);
    this.slider.setAttribute("aria-valuetext", model.label(t));
    byId("date").value = model.label(t);
    byId("date").removeAttribute("aria-invalid");
    byId("count").textContent = i < 0 ? `before the first of ${model.dates.length} changes`
      : `${model.dates[i] === t ? "" : "after "}change ${i + 1} of ${model.dates.length}`;
    byId("previous").disabled = i <= 0 && t <= model.dates[0];
    byId("next").disabled = i === model.dates.length - 1;
    this.#drawMark();
  }

  #canvas(id) {
    const canvas = byId(id);
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = canvas.getContext("2d");
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
    const labels = [];
    if (this.scale === "even") {
      dates.forEach((t, i) => {
        const text = String(calendar.year(t));
        if (i === 0 || text !== String(calendar.year(dates[i - 1]))) labels.push([x(this.#at(i)), text]);
      });
    } else {
      const [first, last] = [calendar.year(dates[0]), calendar.year(dates.at(-1))];
      const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((s) => (last - first) / s <= width / 60) ?? 1000;
      if (last - first < 4) {
        for (let t = dates[0], y = first; y <= last; ++y)
          for (const month of [1, 4, 7, 10]) {
            t = calendar.parse(`${String(y).padStart(4, "0")}-${String(month).padStart(2, "0")}`);
            if (t !== null && t >= dates[0] && t <= dates.at(-1)) labels.push([x(this.#place(t)), `${y}-${String(month).padStart(2, "0")}`]);
          }
      } else {
        for (let year = Math.ceil(first / step) * step; year <= last; year += step)
          labels.push([x((calendar.beginOf(year) - dates[0]) / (dates.at(-1) - dates[0])), String(year)]);
      }
    }
    let free = 0;
    for (const [at, text] of labels) {
      const wide = context.measureText(text).width;
      const left = Math.max(0, Math.min(width - wide, at - wide / 2));
      if (at < 0 || left < free) continue;
      context.fillText(text, left, 2);
      free = left + wide + 10;
    }
  }
}
