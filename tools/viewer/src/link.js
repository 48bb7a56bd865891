// The link to what is shown:
// #d=DATE&m=MODE&from=DATE&of=PARTY&x=PERCENT&at=LAT/LON[/first]&v=ZOOM/LAT/LON&l=LAYERS&s=SCHEME&lang=CODE

const degrees = (values, digits) => values.map((value) => value.toFixed(digits)).join("/");

/// `camera`: {zoom, center}, as the map has it.
export function writeLink({ model, view, layers, scheme, swipeAt, chosen }, { zoom, center }) {
  const parts = { d: model.text(view.t) };
  if (view.mode !== "date") {
    parts.m = view.mode;
    parts.from = model.text(view.from);
  }
  if (view.mode === "change" && view.party !== null) parts.of = model.holder(model.primary, view.party).id;
  if (view.mode === "swipe" && swipeAt !== 0.5) parts.x = (100 * swipeAt).toFixed(1);
  if (chosen) parts.at = degrees([chosen.lonlat[1], chosen.lonlat[0]], 6) + (view.mode === "swipe" && chosen.side === 0 ? "/first" : "");
  parts.v = `${zoom.toFixed(2)}/${degrees([center.lat, center.lng], 4)}`;
  parts.l = Object.keys(layers).filter((key) => layers[key]).join(",");
  parts.s = scheme;
  if (model.language !== model.usualLanguage) parts.lang = model.language;
  return "#" + Object.entries(parts).map(([key, value]) =>
    `${key}=${encodeURIComponent(value).replaceAll("%2F", "/").replaceAll("%2C", ",").replaceAll("%3A", ":")}`).join("&");
}

function partsOf(hash) {
  const out = new Map();
  for (const part of hash.replace(/^#/, "").split("&")) {
    const at = part.indexOf("=");
    if (at < 0) continue;
    let value = part.slice(at + 1);
    try {
      value = decodeURIComponent(value);
    } catch {
      // Not escaped as it should be: taken as it stands.
    }
    out.set(part.slice(0, at), value);
  }
  return out;
}

const numbers = (text, count) => {
  const found = (text ?? "").split("/").slice(0, count).map((part) => (part === "" ? NaN : Number(part)));
  return found.length === count && found.every(Number.isFinite) ? found : null;
};

/// All that a link says, and what is usual where it says nothing: {view, layers, scheme, swipeAt, lonlat, side, camera,
/// language, refused}. `camera` and `lonlat` are null where there is none; `refused` are words about dates that were
/// not taken.
export function readLink(hash, model, usual) {
  const parts = partsOf(hash);
  const refused = [];
  const time = (key) => {
    if (!parts.has(key)) return null;
    try {
      return model.parse(parts.get(key));
    } catch (error) {
      refused.push(error.message);
      return null;
    }
  };
  const [t, from] = [time("d"), time("from")];
  const party = model.data.themes[model.primary].holders.findIndex((h) => h.id !== null && h.id === parts.get("of"));
  const camera = numbers(parts.get("v"), 3);
  const at = numbers(parts.get("at"), 2);
  const percent = numbers(parts.get("x"), 1);
  const language = parts.get("lang") ?? model.usualLanguage;
  return {
    view: {
      t: t ?? model.opening(), from, isFromGiven: from !== null, party: party > 0 ? party : null,
      mode: ["swipe", "change"].includes(parts.get("m")) ? parts.get("m") : "date",
    },
    layers: Object.fromEntries(Object.entries(usual.layers).map(([key, is]) => [key, parts.has("l") ? parts.get("l").split(",").includes(key) : is])),
    scheme: ["light", "dark"].includes(parts.get("s")) ? parts.get("s") : usual.scheme,
    swipeAt: percent && percent[0] >= 0 && percent[0] <= 100 ? percent[0] / 100 : 0.5,
    lonlat: at && Math.abs(at[0]) <= 90 ? [at[1], at[0]] : null, side: parts.get("at")?.endsWith("/first") ? 0 : 1,
    camera: camera && Math.abs(camera[1]) <= 90 ? { zoom: camera[0], center: [camera[2], camera[1]] } : null,
    language: language === "" || model.languages().includes(language) ? language : model.usualLanguage,
    refused,
  };
}
