// What is shown, as features, as a table; picture.js has the picture.
import { UNKNOWN } from "./model.js";
import { changeRows, datesOf } from "./rows.js";

function offer(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

const fileName = (model, view, ending) => {
  const dates = datesOf(view).map((t) => model.text(t)).join("-to-");
  const party = view.mode === "change" && view.party !== null ? `-${model.holder(model.primary, view.party).id}` : "";
  return `${model.data.atlas}-${dates}${party}`.replace(/[^0-9A-Za-z_+-]+/g, "") + `.${ending}`;
};

/// A table program computes a text that begins so; a date before Christ and a number it only reads.
const isFormula = (text) => /^[=+\-@\t\r]/.test(text) && !/^[+-]\d+(-\d\d(-\d\d(T[0-9:]+(Z|[+-]\d\d:\d\d)?)?)?)?$/.test(text);

function csvRow(values) {
  return values.map((value) => {
    const text = value === null || value === undefined ? "" : String(value);
    const safe = typeof value === "string" && isFormula(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }).join(",");
}

export function csvOf(model, view) {
  const theme = model.primary;
  const id = (holder) => (holder === UNKNOWN ? "" : model.holder(theme, holder).id);
  const rows = [];
  const dates = datesOf(view);
  if (view.mode === "change") {
    const [from, to] = dates.map((t) => model.text(t));
    rows.push(["from_date", "to_date", "theme", "actor", "name", "gained_m2", "lost_m2", "held_m2"]);
    for (const p of changeRows(model, dates, view.party).parties)
      rows.push([from, to, theme, id(p.holder), model.holderName(theme, p.holder), p.gained, p.lost, p.held]);
  } else {
    const doubt = model.hasDoubt ? (row) => [row.dateLow, row.dateHigh] : () => [];
    rows.push(["at", "theme", "actor", "name", "area_m2", "low_m2", "high_m2", ...(model.hasDoubt ? ["date_low_m2", "date_high_m2"] : [])]);
    for (const t of dates)
      for (const row of model.figuresAt(t))
        rows.push([model.text(t), theme, row.id, row.holder === undefined ? "" : model.holderName(theme, row.holder), row.area, row.low, row.high, ...doubt(row)]);
  }
  return rows.map(csvRow).join("\r\n") + "\r\n";
}

export function geojsonOf(model, view, layers) {
  const theme = model.primary;
  const features = [];
  const group = (keys, properties) => {
    const groups = new Map();
    keys.forEach((key, ground) => {
      if (key === null) return;
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(ground);
    });
    for (const [key, grounds] of groups) {
      const area_m2 = grounds.reduce((sum, g) => sum + model.areas[g], 0);
      features.push({ type: "Feature", properties: { ...properties(key), area_m2 }, geometry: model.shapes.merged(grounds) });
    }
  };
  const id = (of, holder) => (holder === UNKNOWN ? null : model.holder(of, holder).id);
  const dates = datesOf(view);
  if (view.mode === "change") {
    const { before, after } = model.changes(...dates);
    const isOf = (holder) => view.party === null || holder === view.party;
    const [from, to] = dates.map((t) => model.text(t));
    group(Array.from(before, (b, i) => (b === after[i] || !(isOf(b) || isOf(after[i])) ? null : b * 65536 + after[i])), (key) => ({
      theme, from_actor: id(theme, Math.floor(key / 65536)), to_actor: id(theme, key % 65536), from, to,
    }));
  } else {
    for (const t of dates) {
      for (const of of model.themes) {
        if (of !== theme && !layers[{ claim: "claims", zone: "zones", border: "borders" }[of]]) continue;
        group(Array.from(model.holdersAt(of, t), (h) => (h === UNKNOWN ? null : h)), (h) => ({
          theme: of, actor: id(of, h), name: model.holderName(of, h), color: model.holder(of, h).color, at: model.text(t),
        }));
      }
    }
  }
  // What the page is of, and how it is restricted; keys without a value are left out.
  const { atlas, checksum, method, grid, rule, as_of, since, until, harmonise_m, filters, disclaimer, attribution, program } = model.data;
  return { type: "FeatureCollection", name: model.data.title ?? atlas,
    marchland: { atlas, checksum, method, grid, rule, as_of, since, until, public: model.data.public, harmonise_m, filters, disclaimer, attribution, program },
    features };
}

export async function save(kind, model, view, layers, picture) {
  if (kind === "csv") offer(new Blob([csvOf(model, view)], { type: "text/csv" }), fileName(model, view, "csv"));
  if (kind === "geojson") offer(new Blob([JSON.stringify(geojsonOf(model, view, layers))], { type: "application/geo+json" }), fileName(model, view, "geojson"));
  if (kind === "png") offer(await picture(), fileName(model, view, "png"));
}
