// The page: one state (dates, mode, layers, view), and what is shown of it.
import { byId, element } from "./elements.js";
import { readLink, writeLink } from "./link.js";
import { lookAt, lookAtChange, MapData, MapView } from "./mapview.js";
import { Model } from "./model.js";
import { fillAbout, fillParties, filterRows, layerChoices, showChanges, showDetail, showFigures, showLayers, spoken } from "./panel.js";
import { pictureOf } from "./picture.js";
import { changeRows, datesOf } from "./rows.js";
import { save } from "./save.js";
import { connectSwipe, follow, showSwipe } from "./swipe.js";
import { Timeline } from "./timeline.js";

const LAYERS_OF = {
  regions: ["regions"], places: ["places", "place-dots"],
};

class Page {
  constructor(data) {
    this.model = new Model(data);
    this.mapData = new MapData(this.model);
    this.usual = {
      scheme: window.matchMedia?.("(prefers-color-scheme: dark)").matches ? "dark" : "light",
      layers: { contact: true, claims: true, zones: true, borders: true, regions: false, places: true },
    };
    const link = this.#readLink();
    this.#fillPanel();
    this.timeline = new Timeline(this.model, (t, isPlaying) => this.setTime(t, isPlaying));
    this.maps = [this.#newMap("map-a", true, link.camera)];
    this.#connect();
    this.applyMode();
    this.#openChosen(link);
    this.#say(link.refused);
  }

  #newMap(container, controls, view) {
    const map = new MapView(container, this.model, this.mapData, {
      scheme: this.scheme, view, controls, label: controls ? "Map" : "Map of the second date",
    });
    map.ready.then(() => {
      this.#applyLayers(map);
      this.update();
      map.choose(this.chosen?.ground ?? null);
      if (controls) document.documentElement.dataset.ready = "true";
    });
    map.map.on("click", (event) => this.chooseAt(event.lngLat, event.point));
    map.map.on("moveend", () => this.#writeLink());
    map.map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      const center = map.map.getCenter();
      this.chooseAt(center, map.map.project(center));
      byId("detail").focus();
    });
    return map;
  }

  // ---- State ----

  setTime(t, isPlaying = false) {
    this.view.t = t;
    this.update();
    this.timeline.set(t);
    if (!isPlaying) {
      this.#announce();
      this.#writeLink();
    }
  }

  /// Draws the state.
  update() {
    const { model, view } = this;
    const dates = datesOf(view);
    this.#showWhen(dates);
    const ready = this.maps.filter((m) => m.map.getSource("ground"));
    const look = (t) => lookAt(model, this.mapData, model.holdersAt(model.primary, t), t, this.scheme, this.layers);
    if (view.mode === "change") {
      const changes = changeRows(model, dates, view.party);
      showChanges(model, changes, view.party, this.scheme);
      for (const map of ready) map.show(lookAtChange(model, this.mapData, changes, dates[1], this.scheme, this.layers, view.party));
    } else {
      showFigures(model, dates, this.layers, this.scheme);
      // Of two dates the first map, below, has the earlier.
      for (const map of ready)
        if (view.mode === "swipe" || map === this.maps[0]) map.show(look(map === this.maps[0] ? dates[0] : dates[1]));
    }
    this.#showChosen();
  }

  #showWhen(dates) {
    const { model, view } = this;
    const { t, from } = view;
    const [first, last] = [dates[0], dates.at(-1)].map((each) => model.label(each));
    byId("when").replaceChildren(...(view.mode === "date" ? [last] : [element("small", {}, first), " → ", last]));
    const now = model.data.periods.filter((p) => (p.to === undefined ? p.from === t : (p.from ?? -Infinity) <= t && t < (p.to ?? Infinity)));
    byId("period").textContent = now.map((p) => p.title ?? p.id).join("; ");
    byId("tag-a").textContent = first;
    byId("tag-b").textContent = last;
    byId("from").value = from === null ? "" : model.label(from);
    byId("from").setCustomValidity("");
    byId("from").removeAttribute("aria-invalid");
    byId("order").hidden = view.mode === "date" || from <= t;
  }

  #announce() {
    clearTimeout(this.announcing);
    this.announcing = setTimeout(() => {
      byId("live").textContent = `${datesOf(this.view).map((t) => this.model.label(t)).join(" to ")}. ${spoken()}`;
    }, 400);
  }
  /// About what was asked for and is not shown.
  #say(words) {
    byId("said").textContent = words.join(" ");
    byId("said").hidden = words.length === 0;
  }

  /// The date to compare with, where none was given: that of the change before, or after the first.
  #usualFrom() {
    const { dates } = this.model;
    const i = this.model.dateIndex(this.view.t);
    return i < 0 ? this.view.t : dates[i] < this.view.t ? dates[i] : dates[i - 1] ?? dates[1] ?? this.view.t;
  }

  applyMode() {
    const { view } = this;
    const { mode } = view;
    const isSwipe = mode === "swipe";
    if (mode !== "date" && !view.isFromGiven) view.from = this.#usualFrom();
    byId("maps").classList.toggle("swiping", isSwipe);
    byId("when").classList.toggle("two", mode !== "date");
    document.querySelector(`input[name=mode][value=${mode}]`).checked = true;
    byId("compare").hidden = mode === "date";
    byId("party-label").hidden = mode !== "change";
    for (const id of ["map-b", "swipe", "swipe-line", "tag-a", "tag-b"]) byId(id).hidden = !isSwipe;
    if (isSwipe && this.maps.length === 1) {
      const { map } = this.maps[0];
      this.maps.push(this.#newMap("map-b", false, { center: map.getCenter(), zoom: map.getZoom() }));
      follow(map, this.maps[1].map);
    }
    if (isSwipe) {
      this.maps[1].map.resize();
      showSwipe(this.swipeAt);
    }
    for (const map of this.maps) if (map.map.getSource("ground")) this.#applyLayers(map);
    this.#showLayers();
    this.setTime(view.t);
  }

  #applyLayers(map) {
    for (const [key, ids] of Object.entries(LAYERS_OF)) map.setVisible(ids, this.layers[key]);
    map.setMode(this.view.mode, this.view.party);
  }

  // ---- The ground chosen ----

  /// `point`: where on the map it was asked; of two dates that decides which is told of.
  chooseAt(lngLat, point) {
    const { lng, lat } = lngLat.wrap();
    const isFirst = this.view.mode === "swipe" && point.x < this.swipeAt * byId("maps").clientWidth;
    this.choose([lng, lat], isFirst ? 0 : 1);
  }
  /// Tells of the ground at a place; at the earlier of two dates for side 0.
  choose(lonlat, side = 1) {
    const ground = this.model.shapes.groundAt(lonlat);
    this.chosen = ground < 0 ? null : { ground, lonlat, side };
    for (const map of this.maps) map.choose(this.chosen?.ground ?? null);
    this.#showChosen();
    this.#writeLink();
  }
  unchoose() {
    const hadFocus = byId("detail").contains(document.activeElement);
    this.chosen = null;
    for (const map of this.maps) map.choose(null);
    this.#showChosen();
    this.#writeLink();
    if (hadFocus) this.maps[0].map.getCanvas().focus();
  }
  #showChosen() {
    const { chosen, view } = this;
    const dates = datesOf(view);
    const t = view.mode === "swipe" ? dates[chosen?.side] : dates.at(-1);
    showDetail(this.model, chosen?.ground ?? null, chosen?.lonlat, t, () => this.unchoose());
  }
  #openChosen({ lonlat, side }) {
    if (lonlat) this.choose(lonlat, side);
    else this.unchoose();
  }

  // ---- The panel ----

  #fillPanel() {
    const { model } = this;
    const { data } = model;
    byId("title").textContent = data.title ?? data.atlas;
    byId("credit").textContent = this.#credit();
    byId("find-box").hidden = data.places.length === 0;
    byId("place-names").append(...data.places.map((p) => element("option", { value: p.name }, (p.names ?? []).join(", "))));
    const languages = model.languages();
    byId("language-label").hidden = languages.length === 0;
    byId("language").append(element("option", { value: "" }, "main"), ...languages.map((l) => element("option", { value: l }, l)));
    fillAbout(model);
    this.#showState();
  }
  #credit() {
    const { data } = this.model;
    const restrictions = this.model.restrictions();
    return [data.attribution || data.sources.slice(0, 4).map((s) => s.title ?? s.id).join("; "), "Base map: Natural Earth",
      restrictions.length > 0 && `Restricted: ${restrictions.join("; ")}`, data.program].filter(Boolean).join(" · ");
  }
  /// What boxes and lists of the panel say of the state.
  #showState() {
    const { model, view } = this;
    document.documentElement.dataset.scheme = this.scheme;
    byId("scheme").textContent = this.scheme === "dark" ? "Light" : "Dark";
    byId("language").value = model.language;
    fillParties(model, view.party);
    this.#showLayers();
  }
  #showLayers() {
    const disabled = this.view.mode === "change" ? ["contact", "claims"] : [];
    showLayers(layerChoices(this.model, this.mapData.claimants, this.scheme), this.layers, disabled, (key, is) => {
      this.layers[key] = is;
      for (const map of this.maps) this.#applyLayers(map);
      this.update();
      this.#writeLink();
    });
  }

  #connect() {
    for (const input of document.querySelectorAll("input[name=mode]")) {
      input.addEventListener("change", () => {
        this.view.mode = input.value;
        this.applyMode();
      });
    }
    const compareWith = (t) => {
      Object.assign(this.view, { from: t, isFromGiven: true });
      this.setTime(this.view.t);
    };
    byId("from").addEventListener("change", () => this.timeline.readBox(byId("from"), compareWith));
    byId("from-now").addEventListener("click", () => compareWith(this.view.t));
    byId("party").addEventListener("change", (event) => {
      const i = this.model.data.themes[this.model.primary].holders.findIndex((h) => h.id === event.target.value);
      this.view.party = i > 0 ? i : null;
      for (const map of this.maps) this.#applyLayers(map);
      this.setTime(this.view.t);
    });
    connectSwipe((part, isDone) => {
      this.swipeAt = part;
      showSwipe(part);
      if (isDone) this.#writeLink();
    });
    byId("scheme").addEventListener("click", () => {
      this.#recolor(this.scheme === "dark" ? "light" : "dark");
      this.update();
      this.#writeLink();
    });
    byId("language").addEventListener("change", (event) => {
      this.model.language = event.target.value;
      this.#showState();
      this.update();
      this.#writeLink();
    });
    byId("about-open").addEventListener("click", () => byId("about").showModal());
    byId("link").addEventListener("click", async () => {
      this.#writeLink();
      try {
        await navigator.clipboard.writeText(location.href);
        byId("live").textContent = byId("link").textContent = "Copied";
      } catch {
        window.prompt("The link to what is shown", location.href);
      }
      setTimeout(() => { byId("link").textContent = "Copy link"; }, 2000);
    });
    byId("find").addEventListener("change", (event) => {
      const name = event.target.value.trim().toLowerCase();
      const place = this.model.data.places.find((p) => [p.name, ...(p.names ?? [])].some((n) => n.toLowerCase() === name));
      event.target.setAttribute("aria-invalid", !place && name !== "");
      if (place) this.goTo([place.lon, place.lat]);
    });
    byId("filter").addEventListener("input", filterRows);
    for (const button of document.querySelectorAll("[data-save]"))
      button.addEventListener("click", () => save(button.dataset.save, this.model, this.view, this.layers, () => this.picture()));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.chosen) this.unchoose();
      const isFree = !event.target.closest("input, select, button, textarea, dialog, summary, a, canvas");
      if (!isFree || event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key === " ") {
        event.preventDefault();
        byId("play").click();
      } else if (event.key === "ArrowRight") this.timeline.step(1);
      else if (event.key === "ArrowLeft") this.timeline.step(-1);
      else if (event.key === "Home") this.timeline.step(-Infinity);
      else if (event.key === "End") this.timeline.step(Infinity);
    });
    window.addEventListener("hashchange", () => this.#followLink());
  }

  #recolor(scheme) {
    this.scheme = scheme;
    this.#showState();
    for (const map of this.maps) if (map.map.getSource("ground")) map.recolor(scheme);
    this.timeline.draw();
  }

  goTo(lonlat) {
    const { map } = this.maps[0];
    map.jumpTo({ center: lonlat, zoom: Math.max(map.getZoom(), 9) });
    this.choose(lonlat);
  }

  picture() {
    const style = getComputedStyle(document.documentElement);
    const [back, text, dim] = ["--back", "--text", "--dim"].map((name) => style.getPropertyValue(name).trim());
    return pictureOf(this, { credit: this.#credit(), back, text, dim });
  }

  // ---- The link to what is shown ----

  #writeLink() {
    if (!this.maps || this.isReading) return;
    const { map } = this.maps[0];
    this.written = writeLink(this, { zoom: map.getZoom(), center: map.getCenter() });
    try {
      history.replaceState(null, "", this.written);
    } catch {
      // A page in a frame without an origin has no history; the map works without.
    }
  }

  /// Takes over what the link says; answers it.
  #readLink() {
    const link = readLink(location.hash, this.model, this.usual);
    Object.assign(this, { view: link.view, layers: link.layers, scheme: link.scheme, swipeAt: link.swipeAt, chosen: null });
    this.model.language = link.language;
    return link;
  }
  /// Of an open page whose link was changed by hand: shows what a page newly opened there would.
  #followLink() {
    if (location.hash === this.written) return;
    this.isReading = true;
    this.timeline.stop();
    const link = this.#readLink();
    this.#recolor(this.scheme);
    if (link.camera) this.maps[0].map.jumpTo(link.camera);
    else this.maps[0].showAll();
    this.applyMode();
    this.#openChosen(link);
    this.#say(link.refused);
    this.isReading = false;
    this.#writeLink();
  }
}

try {
  window.marchland = new Page(JSON.parse(byId("data").textContent));
} catch (error) {
  byId("trouble").hidden = false;
  byId("trouble").textContent = `The map cannot be shown: ${error.message}. It needs a browser of 2024 or later with WebGL 2.`;
  throw error;
}
