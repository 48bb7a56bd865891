// The page: one state (dates, mode, layers, view), and what is shown of it.
import { byId, element } from "./elements.js";
import { lookAt, lookAtChange, MapData, MapView } from "./mapview.js";
import { Model } from "./model.js";
import { fillAbout, layerChoices, showChanges, showDetail, showFigures, showLayers } from "./panel.js";
import { pictureOf, save } from "./save.js";
import { Timeline } from "./timeline.js";

const LAYERS_OF = {
  regions: ["regions"], places: ["places", "place-dots"],
};

class Page {
  constructor(data) {
    this.model = new Model(data);
    this.mapData = new MapData(this.model);
    const prefersDark = window.matchMedia?.("(prefers-color-scheme: dark)").matches;
    this.scheme = prefersDark ? "dark" : "light";
    this.layers = { contact: true, claims: true, zones: true, borders: true, regions: false, places: true };
    const { dates } = this.model;
    this.view = { mode: "date", t: dates.at(-1), from: dates[Math.max(0, dates.length - 2)], party: null };
    this.swipeAt = 0.5;
    this.chosen = null;
    this.#readHash();
    document.documentElement.dataset.scheme = this.scheme;
    this.#fillPanel();
    this.timeline = new Timeline(this.model, (t, isPlaying) => this.setTime(t, isPlaying));
    this.maps = [this.#newMap("map-a", true)];
    this.#connect();
    this.applyMode();
  }

  #newMap(container, controls, view) {
    const map = new MapView(container, this.model, this.mapData, {
      scheme: this.scheme, view: view ?? this.startView, controls, label: controls ? "Map" : "Map of the second date",
    });
    map.ready.then(() => {
      this.#applyLayers(map);
      this.update();
      if (controls) document.documentElement.dataset.ready = "true";
    });
    map.map.on("click", (event) => this.choose(map, event.point, event.lngLat));
    map.map.on("moveend", () => this.#writeHash());
    map.map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      const center = map.map.getCenter();
      this.choose(map, map.map.project(center), center);
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
      this.#writeHash();
    }
  }

  /// Draws the state. Answers when it is drawn.
  update() {
    const { model, view } = this;
    this.#showWhen();
    const ready = this.maps.filter((m) => m.map.getSource("ground"));
    const holders = model.holdersAt(model.primary, view.t);
    let changes = null;
    if (view.mode === "change") {
      changes = model.changes(view.from, view.t);
      showChanges(model, changes, view.party, this.scheme);
    } else showFigures(model, view.t, holders, this.layers, this.scheme, view.mode === "swipe");
    ready.forEach((map) => {
      if (view.mode === "change") map.show(lookAtChange(model, this.mapData, changes, view.t, this.scheme, this.layers, view.party));
      // Of two dates the first map, below, has the earlier.
      else if (view.mode === "swipe" && map === this.maps[0])
        map.show(lookAt(model, this.mapData, model.holdersAt(model.primary, view.from), view.from, this.scheme, this.layers));
      else map.show(lookAt(model, this.mapData, holders, view.t, this.scheme, this.layers));
    });
    if (this.chosen) showDetail(model, this.chosen.ground, this.chosen.lonlat, view.t, () => this.unchoose());
  }

  #showWhen() {
    const { model, view } = this;
    const small = (text) => element("small", {}, text);
    byId("when").replaceChildren(...(view.mode === "date" ? [model.label(view.t)] : [small(model.label(view.from)), " → ", model.label(view.t)]));
    const now = model.data.periods.filter((p) => (p.to === undefined ? p.from === view.t : (p.from ?? -Infinity) <= view.t && view.t < (p.to ?? Infinity)));
    byId("period").textContent = now.map((p) => p.title ?? p.id).join("; ");
    byId("tag-a").textContent = model.label(view.from);
    byId("tag-b").textContent = model.label(view.t);
    byId("from").value = model.label(view.from);
    byId("from").removeAttribute("aria-invalid");
  }

  #announce() {
    clearTimeout(this.announcing);
    this.announcing = setTimeout(() => {
      const { model, view } = this;
      const rows = [...byId("figures").querySelectorAll("table")].slice(0, 1).flatMap((table) => [...table.querySelectorAll("tbody tr:not(.none)")])
        .map((row) => [...row.cells].map((cell) => cell.firstChild?.nodeType === 3 ? cell.firstChild.textContent : cell.textContent).join(" "));
      byId("live").textContent = `${view.mode === "date" ? "" : `${model.label(view.from)} to `}${model.label(view.t)}. ${rows.join("; ")}`;
    }, 400);
  }

  applyMode() {
    const { mode } = this.view;
    const isSwipe = mode === "swipe";
    byId("maps").classList.toggle("swiping", isSwipe);
    byId("when").classList.toggle("two", mode !== "date");
    document.querySelector(`input[name=mode][value=${mode}]`).checked = true;
    byId("compare").hidden = mode === "date";
    byId("party-label").hidden = mode !== "change";
    for (const id of ["map-b", "swipe", "swipe-line", "tag-a", "tag-b"]) byId(id).hidden = !isSwipe;
    if (isSwipe && this.maps.length === 1) this.#addSecond();
    if (isSwipe) {
      this.maps[1].map.resize();
      this.#clip();
    }
    for (const map of this.maps) if (map.map.getSource("ground")) this.#applyLayers(map);
    this.setTime(this.view.t);
  }

  #addSecond() {
    const [first] = this.maps;
    const camera = (map) => ({ center: map.getCenter(), zoom: map.getZoom() });
    const second = this.#newMap("map-b", false, camera(first.map));
    this.maps.push(second);
    let isFollowing = false;
    const follow = (from, to) => from.on("move", () => {
      if (isFollowing) return;
      isFollowing = true;
      to.jumpTo(camera(from));
      isFollowing = false;
    });
    follow(first.map, second.map);
    follow(second.map, first.map);
  }

  #clip() {
    const percent = 100 * this.swipeAt;
    byId("map-b").style.clipPath = `inset(0 0 0 ${percent}%)`;
    byId("swipe-line").style.left = `${percent}%`;
    byId("tag-a").style.right = `calc(${100 - percent}% + 10px)`;
    byId("tag-b").style.left = `calc(${percent}% + 10px)`;
    byId("swipe").setAttribute("aria-valuetext", `${Math.round(percent)} % of the width`);
  }

  #applyLayers(map) {
    for (const [key, ids] of Object.entries(LAYERS_OF)) map.setVisible(ids, this.layers[key]);
    map.setMode(this.view.mode, this.view.party);
  }

  choose(map, point, { lng, lat }) {
    const ground = map.groundAt(point);
    if (ground === null) {
      this.unchoose();
      return;
    }
    this.chosen = { ground, lonlat: [lng, lat] };
    for (const each of this.maps) each.choose(ground);
    const t = this.view.mode === "swipe" && map === this.maps[0] && point.x < this.swipeAt * map.map.getCanvas().clientWidth ? this.view.from : this.view.t;
    showDetail(this.model, ground, [lng, lat], t, () => this.unchoose());
  }
  unchoose() {
    this.chosen = null;
    byId("detail").hidden = true;
    for (const map of this.maps) map.choose(null);
  }

  // ---- The panel ----

  #fillPanel() {
    const { model } = this;
    const { data } = model;
    byId("title").textContent = data.title ?? data.atlas;
    byId("credit").textContent = [data.attribution || data.sources.slice(0, 4).map((s) => s.title ?? s.id).join("; "), "Base map: Natural Earth", data.program].filter(Boolean).join(" · ");
    byId("find-box").hidden = data.places.length === 0;
    byId("place-names").append(...data.places.map((p) => element("option", { value: p.name }, (p.names ?? []).join(", "))));
    byId("party").append(element("option", { value: "" }, "all parties: what passed to whom"),
      ...data.themes[model.primary].holders.flatMap((h, i) => (i > 0 ? [element("option", { value: h.id }, model.holderName(model.primary, i))] : [])));
    if (this.view.party !== null) byId("party").value = model.holder(model.primary, this.view.party).id;
    const languages = model.languages();
    byId("language-label").hidden = languages.length === 0;
    byId("language").append(element("option", { value: "" }, "main"), ...languages.map((l) => element("option", { value: l }, l)));
    byId("language").value = languages.includes(model.language) ? model.language : "";
    fillAbout(model);
    this.#showLayers();
    this.#showScheme();
  }
  #showLayers() {
    showLayers(layerChoices(this.model, this.mapData.claimants, this.scheme), this.layers, (key, is) => {
      this.layers[key] = is;
      for (const map of this.maps) this.#applyLayers(map);
      this.update();
      this.#writeHash();
    });
  }
  #showScheme() {
    document.documentElement.dataset.scheme = this.scheme;
    byId("scheme").textContent = this.scheme === "dark" ? "Light" : "Dark";
  }

  #connect() {
    for (const input of document.querySelectorAll("input[name=mode]")) {
      input.addEventListener("change", () => {
        this.view.mode = input.value;
        this.applyMode();
      });
    }
    byId("from").addEventListener("change", () => this.timeline.readBox(byId("from"), (t) => {
      this.view.from = t;
      this.setTime(this.view.t);
    }));
    byId("from-now").addEventListener("click", () => {
      this.view.from = this.view.t;
      this.setTime(this.view.t);
    });
    byId("party").addEventListener("change", (event) => {
      const i = this.model.data.themes[this.model.primary].holders.findIndex((h) => h.id === event.target.value);
      this.view.party = i > 0 ? i : null;
      for (const map of this.maps) this.#applyLayers(map);
      this.setTime(this.view.t);
    });
    byId("swipe").addEventListener("input", (event) => {
      this.swipeAt = event.target.value / 100;
      this.#clip();
    });
    byId("scheme").addEventListener("click", () => {
      this.scheme = this.scheme === "dark" ? "light" : "dark";
      this.#showScheme();
      for (const map of this.maps) map.recolor(this.scheme);
      this.#showLayers();
      this.timeline.draw();
      this.update();
      this.#writeHash();
    });
    byId("language").addEventListener("change", (event) => {
      this.model.language = event.target.value;
      this.#showLayers();
      this.update();
    });
    byId("about-open").addEventListener("click", () => byId("about").showModal());
    byId("link").addEventListener("click", async () => {
      this.#writeHash();
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
    window.addEventListener("hashchange", () => {
      if (location.hash === this.written) return;
      this.#readHash();
      if (this.startView) this.maps[0].map.jumpTo(this.startView);
      this.applyMode();
    });
  }

  goTo(lonlat) {
    const { map } = this.maps[0];
    map.jumpTo({ center: lonlat, zoom: Math.max(map.getZoom(), 9) });
    map.once("idle", () => this.choose(this.maps[0], map.project(lonlat), { lng: lonlat[0], lat: lonlat[1] }));
  }

  picture() {
    const style = getComputedStyle(document.documentElement);
    const [back, text, dim] = ["--back", "--text", "--dim"].map((name) => style.getPropertyValue(name).trim());
    return pictureOf(this.model, this.view, this.maps, this.swipeAt, byId("credit").textContent, { back, text, dim });
  }

  // ---- The link to what is shown: #d=DATE&from=DATE&m=MODE&of=PARTY&v=ZOOM/LAT/LON&l=LAYERS&s=SCHEME ----

  #writeHash() {
    if (!this.maps) return;
    const { model, view } = this;
    const { lng, lat } = this.maps[0].map.getCenter();
    const parts = { d: model.label(view.t) };
    if (view.mode !== "date") Object.assign(parts, { m: view.mode, from: model.label(view.from) });
    if (view.mode === "change" && view.party !== null) parts.of = model.holder(model.primary, view.party).id;
    parts.v = [this.maps[0].map.getZoom().toFixed(2), lat.toFixed(4), lng.toFixed(4)].join("/");
    parts.l = Object.keys(this.layers).filter((key) => this.layers[key]).join(",");
    parts.s = this.scheme;
    this.written = "#" + Object.entries(parts).map(([key, value]) => `${key}=${encodeURIComponent(value).replaceAll("%2F", "/").replaceAll("%2C", ",").replaceAll("%3A", ":")}`).join("&");
    try {
      history.replaceState(null, "", this.written);
    } catch {
      // A page in a frame without an origin has no history; the map works without.
    }
  }

  #readHash() {
    const parts = new URLSearchParams(location.hash.slice(1));
    const { model, view } = this;
    const time = (key) => (parts.has(key) ? this.#timeOf(parts.get(key)) : null);
    view.t = time("d") ?? view.t;
    view.from = time("from") ?? view.from;
    if (["date", "swipe", "change"].includes(parts.get("m"))) view.mode = parts.get("m");
    const party = model.data.themes[model.primary].holders.findIndex((h) => h.id !== null && h.id === parts.get("of"));
    if (party > 0) view.party = party;
    const [zoom, lat, lon] = (parts.get("v") ?? "").split("/").map(Number);
    if ([zoom, lat, lon].every(Number.isFinite) && Math.abs(lat) <= 90) this.startView = { zoom, center: [lon, lat] };
    if (parts.has("l")) for (const key of Object.keys(this.layers)) this.layers[key] = parts.get("l").split(",").includes(key);
    if (["light", "dark"].includes(parts.get("s"))) this.scheme = parts.get("s");
  }
  #timeOf(text) {
    const i = this.model.dateTexts.indexOf(text);
    return i >= 0 ? this.model.dates[i] : this.model.parse(text);
  }
}

try {
  window.marchland = new Page(JSON.parse(byId("data").textContent));
} catch (error) {
  byId("trouble").hidden = false;
  byId("trouble").textContent = `The map cannot be shown: ${error.message}. It needs a browser of 2024 or later with WebGL 2.`;
  throw error;
}
