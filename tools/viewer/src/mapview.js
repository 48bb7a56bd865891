// One map: every ground and every line is loaded once; a date only changes their states. So a step costs as much as
// changes at it. Grounds meet at every zoom: where vertices are left out (coarse.js) it is for both sides of a line.
import { Map as GlMap, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl";
import workerText from "text:maplibre-gl/dist/maplibre-gl-worker.mjs";
import { baseFeatures, graticule } from "./base.js";
import { Levels } from "./coarse.js";
import { UNKNOWN } from "./model.js";
import { dots, hatch } from "./patterns.js";

setWorkerUrl(URL.createObjectURL(new Blob([workerText], { type: "text/javascript" })));

export const GAINED = "#009e73";
export const LOST = "#d55e00";

export const SCHEMES = {
  light: {
    water: "#dfe7ec", land: "#f6f4ef", coast: "#9fb0ba", border: "#a9a49a", graticule: "#c4ced4", line: "#4a4a4a", contact: "#111111",
    casing: "#ffffff", zone: "#5b2a86", text: "#222222", halo: "#ffffff", unknown: "#8c8c8c", dots: "#00000088", region: "#6b6b6b",
    edge: "#ffffffd0", fill: 0.72,
  },
  dark: {
    water: "#10161b", land: "#1d2327", coast: "#4c5a63", border: "#555b5f", graticule: "#2a343b", line: "#c9c9c9", contact: "#ffffff",
    casing: "#000000", zone: "#d3a6ff", text: "#f0f0f0", halo: "#000000", unknown: "#9a9a9a", dots: "#ffffff99", region: "#9a9a9a",
    edge: "#000000b0", fill: 0.62,
  },
};

function withAlpha(hex, alpha) {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  return `rgba(${r},${g},${b},${alpha})`;
}

/// Outlines are solid where a state says so.
const where = (key, opacity) => ["case", ["boolean", ["feature-state", key], false], opacity, 0];
const width = (...stops) => ["interpolate", ["linear"], ["zoom"], ...stops];

/// What is the same for every map of a page.
export class MapData {
  constructor(model) {
    const { data, primary } = model;
    this.claimants = primary === "claim" || !model.themes.includes("claim") ? []
      : [...new Set(data.themes.claim.holders.flatMap((h) => h.actors))].sort((a, b) => a - b);
    const claimed = (ground) => new Set(
      (data.themes.claim?.grounds[model.geometries[ground].properties.claim] ?? [])
        .filter((_, i) => i % 2 === 1).flatMap((h) => model.holder("claim", h).actors));
    const { grounds, holders } = data.themes[primary];
    const isEverSeveral = grounds.map((spans) => spans.some((h, i) => i % 2 === 1 && holders[h].actors.length > 1));
    this.grounds = model.groundFeatures((i) => (isEverSeveral[model.geometries[i].properties[primary]] ? { several: 1 } : {}));
    // A claim is a feature of its own, so that one layer draws those of all: a pattern goes by properties only.
    this.claims = this.claimants.length === 0 ? []
      : this.grounds.features.flatMap((_, ground) => [...claimed(ground)].map((actor) => ({ ground, actor })));
    const side = (ground, theme) => (ground < 0 ? -1 : model.geometries[ground].properties[theme]);
    this.lines = model.lineFeatures((arc) => {
      const [left, right] = [model.left[arc], model.right[arc]];
      const properties = {};
      for (const theme of model.themes)
        if (side(left, theme) !== side(right, theme)) properties[theme] = 1;
      const regions = (ground) => (ground < 0 ? -1 : model.geometries[ground].properties.regions);
      if (regions(left) !== regions(right)) properties.region = 1;
      // A coast never is a line of contact. What is not there need not be drawn without being seen.
      if (properties[model.primary] && left >= 0 && right >= 0) properties.contact = 1;
      return properties;
    });
    this.levels = new Levels(data, this.grounds, this.lines);
    this.places = { type: "FeatureCollection", features: data.places.map((place, i) => ({
      type: "Feature", id: i, properties: { name: place.name, ...(place.names && { others: place.names.join(" · ") }) },
      geometry: { type: "Point", coordinates: [place.lon, place.lat] },
    })) };
    this.points = model.geometries.map((g) => g.properties.point);
    this.areas = model.areas;
    this.bounds = model.shapes.bounds();
  }
  /// Claims on ground drawn with these features.
  claimFeatures(grounds) {
    return { type: "FeatureCollection", features: this.claims.map(({ ground, actor }, id) => (
      { type: "Feature", id, properties: { pattern: `claim-${actor}` }, geometry: grounds.features[ground].geometry })) };
  }
  get base() {
    return (this.baseMade ??= baseFeatures(this.points, this.areas));
  }
}

export class MapView {
  /// `ready` is called once the ground can be shown.
  constructor(container, model, data, { scheme, view, label, controls }) {
    this.model = model;
    this.data = data;
    this.scheme = scheme;
    this.shown = { fill: [], lines: [], claims: [] };
    this.map = new GlMap({
      container, attributionControl: false, fadeDuration: 0, maxPitch: 0, dragRotate: false, pitchWithRotate: false,
      renderWorldCopies: true, maxZoom: 18, locale: { "Map.Title": label },
      ...(view ?? { bounds: this.#box(), fitBoundsOptions: { padding: 24 } }),
      style: { version: 8, sources: {}, layers: [] },
    });
    this.map.touchZoomRotate.disableRotation();
    if (controls) {
      this.map.addControl(new NavigationControl({ showCompass: false }), "top-left");
      this.map.addControl(new ScaleControl({ maxWidth: 120 }), "bottom-left");
    }
    this.ready = new Promise((done) => this.map.once("style.load", done)).then(() => this.#build());
  }

  /// Of all ground, as far as the projection reaches.
  #box() {
    const [west, south, east, north] = this.data.bounds;
    const within = (lat) => Math.max(-85, Math.min(85, lat));
    return [[west, within(south)], [east, within(north)]];
  }
  showAll() {
    this.map.fitBounds(this.#box(), { padding: 24, animate: false });
  }

  #build() {
    const { map, data, model } = this;
    const colors = SCHEMES[this.scheme];
    const exact = { type: "geojson", tolerance: 0, buffer: 64, maxzoom: 16 };
    map.addSource("graticule", { type: "geojson", data: graticule(data.bounds) });
    this.level = data.levels.at(map.getZoom());
    const { grounds, lines } = data.levels.featuresOf(this.level);
    map.addSource("ground", { ...exact, data: grounds });
    map.addSource("lines", { ...exact, data: lines });
    map.on("zoomend", () => this.#fitDetail());
    map.addSource("places", { type: "geojson", data: data.places });
    map.addSource("chosen", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
    this.#images();
    const add = (id, type, source, layer) => map.addLayer({ id, type, ...(source && { source }), ...layer });
    const hidden = { layout: { visibility: "none" } };
    // So thin that round corners are not seen; they would be most of the triangles.
    const thin = { layout: { "line-join": "miter" } };
    const line = (id, filter, { layout }, paint) => add(id, "line", "lines", {
      filter: ["has", filter], layout: { "line-join": "round", ...layout }, paint,
    });
    add("water", "background", null, { paint: { "background-color": colors.water } });
    add("graticule", "line", "graticule", { paint: { "line-color": colors.graticule, "line-width": 0.6 } });
    // Without smooth edges: those of neighbours would show as a line between ground of one colour.
    add("ground", "fill", "ground", { paint: {
      "fill-antialias": false, "fill-color": ["to-color", ["coalesce", ["feature-state", "fill"], "rgba(0,0,0,0)"]],
    } });
    // What is never to be seen costs as much to draw as what is; layers of the other mode are hidden.
    if (model.data.themes[model.primary].holders.some((h) => h.actors.length > 1))
      add("several", "fill", "ground", { filter: ["has", "several"], paint: { "fill-pattern": "dots", "fill-opacity": where("several", 1) } });
    add("lost", "fill", "ground", { ...hidden, paint: { "fill-pattern": "lost", "fill-opacity": where("lost", 1) } });
    if (data.claims.length > 0) {
      map.addSource("claims", { ...exact, data: data.claimFeatures(grounds) });
      add("claims", "fill", "claims", { paint: {
        "fill-pattern": ["image", ["get", "pattern"]], "fill-opacity": where("is", 1), "fill-antialias": false,
      } });
    }
    line("regions", "region", hidden, { "line-color": colors.region, "line-width": 0.7, "line-dasharray": [1, 2], "line-opacity": 0.9 });
    line("holders", model.primary, thin, { "line-color": colors.line, "line-width": width(4, 0.4, 9, 1), "line-opacity": where("differs", 0.75) });
    if (model.themes.includes("border") && model.primary !== "border") {
      line("borders", "border", {}, { "line-color": colors.line, "line-width": width(4, 0.8, 9, 1.6), "line-dasharray": [5, 2.5],
        "line-opacity": where("border", 0.95) });
    }
    line("changed", model.primary, hidden, { "line-color": colors.contact, "line-width": width(4, 0.8, 9, 1.8), "line-opacity": where("changed", 0.9) });
    // Under the line of contact, and wider, so that both are seen where they run together.
    if (model.themes.includes("zone") && model.primary !== "zone") {
      line("zones", "zone", {}, { "line-color": colors.zone, "line-width": width(4, 2.5, 9, 8), "line-dasharray": [1, 0.7],
        "line-opacity": where("zone", 0.75) });
    }
    if (model.hasContact()) {
      line("contact-casing", "contact", {}, { "line-color": colors.casing, "line-width": width(4, 2, 9, 4.5), "line-opacity": where("contact", 0.85) });
      line("contact", "contact", {}, { "line-color": colors.contact, "line-width": width(4, 1.2, 9, 2.5), "line-opacity": where("contact", 1) });
    }
    add("chosen", "line", "chosen", { paint: { "line-color": colors.contact, "line-width": 2, "line-dasharray": [1, 1] } });
    add("place-dots", "circle", "places", { paint: {
      "circle-radius": width(5, 1.5, 10, 3.2), "circle-color": colors.halo, "circle-stroke-color": colors.text, "circle-stroke-width": 1.2,
    } });
    add("places", "symbol", "places", {
      layout: {
        // Places have more than one name, and none of them is the right one.
        "text-field": ["step", ["zoom"], ["get", "name"], 7,
          ["format", ["get", "name"], {}, ["case", ["has", "others"], ["concat", "\n", ["get", "others"]], ""], { "font-scale": 0.82 }]],
        "text-justify": "left", "text-font": ["sans-serif"], "text-size": width(6, 11, 10, 13), "text-anchor": "left",
        "text-offset": [0.6, 0], "text-optional": true, "text-max-width": 12,
      },
      paint: { "text-color": colors.text, "text-halo-color": colors.halo, "text-halo-width": 1.5 },
    });
    // The base map is drawn when what matters is.
    map.once("idle", () => this.#addBase());
  }

  /// Lines that suit the zoom. States stay.
  #fitDetail() {
    const { map, data } = this;
    const level = data.levels.at(map.getZoom(), this.level);
    if (level === this.level) return;
    this.level = level;
    const { grounds, lines } = data.levels.featuresOf(level);
    map.getSource("ground").setData(grounds);
    map.getSource("lines").setData(lines);
    map.getSource("claims")?.setData(data.claimFeatures(grounds));
  }

  #addBase() {
    const { map } = this;
    const colors = SCHEMES[this.scheme];
    const { land, coast, borders } = this.data.base;
    for (const [name, data] of [["land", land], ["coast", coast], ["neighbours", borders]])
      if (!map.getSource(name)) map.addSource(name, { type: "geojson", data, tolerance: 0.5 });
    const add = (id, type, source, paint) => map.addLayer({ id, type, source, paint }, "ground");
    map.addLayer({ id: "land", type: "fill", source: "land", paint: { "fill-color": colors.land, "fill-antialias": false } }, "graticule");
    add("coast", "line", "coast", { "line-color": colors.coast, "line-width": 0.8 });
    add("neighbours", "line", "neighbours", { "line-color": colors.border, "line-width": 1, "line-dasharray": [4, 2] });
    this.hasBase = true;
  }

  #images() {
    const colors = SCHEMES[this.scheme];
    const set = (name, image) => {
      if (this.map.hasImage(name)) this.map.removeImage(name);
      this.map.addImage(name, image, { pixelRatio: 2 });
    };
    set("dots", dots(colors.dots));
    set("lost", hatch("#ffffffd0", 1, "#00000000", 3));
    this.data.claimants.forEach((actor, i) =>
      set(`claim-${actor}`, hatch(this.model.data.actors[actor].color, i, colors.edge)));
  }

  /// What is to be seen, as lookAt and lookAtChange have it: of every ground its colour and marks, of every line
  /// what it is, by the ground on its left and on its right (-1: none).
  show({ fill, several, lost, claims, differs, contact, changed, zone, border }) {
    const { map, model } = this;
    for (let i = 0; i < model.count; ++i) {
      const state = { fill: fill[i], several: several[i], lost: lost[i] };
      const key = Object.values(state).join();
      if (this.shown.fill[i] === key) continue;
      this.shown.fill[i] = key;
      map.setFeatureState({ source: "ground", id: i }, state);
    }
    this.data.claims.forEach(({ ground, actor }, id) => {
      const is = claims[ground]?.includes(actor) ?? false;
      if ((this.shown.claims[id] ?? false) === is) return;
      this.shown.claims[id] = is;
      map.setFeatureState({ source: "claims", id }, { is });
    });
    for (let arc = 0; arc < model.left.length; ++arc) {
      const [a, b] = [model.left[arc], model.right[arc]];
      const bits = differs(a, b) | (contact(a, b) << 1) | (changed(a, b) << 2) | (zone(a, b) << 3) | (border(a, b) << 4);
      if ((this.shown.lines[arc] ?? 0) === bits) continue;
      this.shown.lines[arc] = bits;
      map.setFeatureState({ source: "lines", id: arc }, {
        differs: (bits & 1) > 0, contact: (bits & 2) > 0, changed: (bits & 4) > 0, zone: (bits & 8) > 0, border: (bits & 16) > 0,
      });
    }
  }

  setVisible(layer, isVisible) {
    for (const id of layer)
      if (this.map.getLayer(id) && (this.map.getLayoutProperty(id, "visibility") !== "none") !== isVisible) this.map.setLayoutProperty(id, "visibility", isVisible ? "visible" : "none");
  }

  /// Layers of one mode only.
  setMode(mode, party) {
    this.setVisible(["changed"], mode === "change");
    this.setVisible(["lost"], mode === "change" && party !== null);
    this.setVisible(["contact-casing", "contact", "claims"], mode !== "change");
  }

  /// Colours of the other scheme. States stay.
  recolor(scheme) {
    this.scheme = scheme;
    const { map } = this;
    const colors = SCHEMES[scheme];
    this.#images();
    const paint = (layer, property, value) => map.getLayer(layer) && map.setPaintProperty(layer, property, value);
    paint("water", "background-color", colors.water);
    paint("land", "fill-color", colors.land);
    for (const [layer, color] of [["graticule", "graticule"], ["coast", "coast"], ["neighbours", "border"], ["regions", "region"],
      ["holders", "line"], ["borders", "line"], ["changed", "contact"], ["contact-casing", "casing"], ["contact", "contact"],
      ["zones", "zone"], ["chosen", "contact"]])
      paint(layer, "line-color", colors[color]);
    paint("place-dots", "circle-color", colors.halo);
    paint("place-dots", "circle-stroke-color", colors.text);
    paint("places", "text-color", colors.text);
    paint("places", "text-halo-color", colors.halo);
  }

  /// Outlines a ground; none for null.
  choose(ground) {
    const { model } = this;
    const features = ground === null ? [] : model.arcsOf[ground].flatMap((arc) => model.shapes.lines(arc))
      .map((coordinates) => ({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates } }));
    this.map.getSource("chosen")?.setData({ type: "FeatureCollection", features });
  }
  /// Meters that a pixel is wide at the middle of the map.
  metersPerPixel() {
    return 2 * Math.PI * 6378137 * Math.cos(this.map.getCenter().lat * Math.PI / 180) / (512 * 2 ** this.map.getZoom());
  }
  /// The picture as it is now.
  picture() {
    return new Promise((done) => {
      this.map.once("render", () => createImageBitmap(this.map.getCanvas()).then(done));
      this.map.triggerRepaint();
    });
  }
}

/// Colours and marks of every ground at a date.
export function lookAt(model, data, holders, t, scheme, layers) {
  const colors = SCHEMES[scheme];
  const theme = model.primary;
  const about = model.data.themes[theme].holders.map((h, i) =>
    (i === UNKNOWN ? withAlpha(colors.unknown, model.hasUnknown ? 0.28 : 0) : withAlpha(h.color, colors.fill)));
  const several = model.data.themes[theme].holders.map((h) => h.actors.length > 1);
  const claimed = data.claimants.length && layers.claims ? model.holdersAt("claim", t) : null;
  const zones = model.themes.includes("zone") && theme !== "zone" && layers.zones ? model.holdersAt("zone", t) : null;
  const borders = model.themes.includes("border") && theme !== "border" && layers.borders ? model.holdersAt("border", t) : null;
  const of = (list, i) => (i < 0 ? UNKNOWN : list[i]);
  const fill = Array.from(holders, (h) => about[h]);
  return {
    fill, several: Array.from(holders, (h) => several[h]), lost: [],
    // A claim says more where it is not of the ground that the claimant holds.
    claims: claimed ? Array.from(claimed, (h, i) => {
      const actors = model.holder("claim", h).actors;
      const own = model.holder(theme, holders[i]).actors;
      return actors.filter((actor) => !own.includes(actor));
    }) : [],
    differs: (a, b) => of(holders, a) !== of(holders, b) || (model.hasUnknown && (a < 0) !== (b < 0)),
    contact: (a, b) => layers.contact && a >= 0 && b >= 0 && model.isContact(holders[a], holders[b]),
    changed: () => false,
    zone: (a, b) => zones !== null && of(zones, a) !== of(zones, b),
    border: (a, b) => borders !== null && of(borders, a) !== of(borders, b),
  };
}

/// Colours and marks of what passed; of one party, what it gained and lost.
export function lookAtChange(model, data, changes, t, scheme, layers, party) {
  const { before, after } = changes;
  const look = lookAt(model, data, after, t, scheme, { ...layers, claims: false, contact: false });
  const holders = model.data.themes[model.primary].holders;
  const isChanged = (i) => i >= 0 && before[i] !== after[i] && (party === null || before[i] === party || after[i] === party);
  look.lost = [];
  for (let i = 0; i < model.count; ++i) {
    const hasChanged = isChanged(i);
    if (party === null) {
      const color = holders[after[i]].color;
      look.fill[i] = withAlpha(color, hasChanged ? 0.88 : after[i] !== UNKNOWN ? 0.26 : model.hasUnknown ? 0.08 : 0);
      look.several[i] &&= hasChanged;
    } else {
      look.several[i] = false;
      const [had, has] = [before[i] === party, after[i] === party];
      look.fill[i] = has && !had ? withAlpha(GAINED, 0.85) : had && !has ? withAlpha(LOST, 0.85)
        : has ? withAlpha(holders[party].color, 0.3) : "rgba(0,0,0,0)";
      look.lost[i] = had && !has;
    }
  }
  const mark = (i) => (isChanged(i) ? before[i] * 65536 + after[i] : -1);
  look.changed = (a, b) => (isChanged(a) || isChanged(b)) && (a < 0 ? -1 : mark(a)) !== (b < 0 ? -1 : mark(b));
  return look;
}
