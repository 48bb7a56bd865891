// What is shown, as a picture, as features, as a table.
import { UNKNOWN } from "./model.js";
import { km2 } from "./numbers.js";

function offer(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

const fileName = (model, view, ending) => {
  const dates = view.mode === "date" ? [model.label(view.t)] : [model.label(view.from), model.label(view.t)];
  return `${model.data.atlas}-${dates.join("-to-").replace(/[^0-9A-Za-z-]+/g, "")}.${ending}`;
};

function csvRow(values) {
  return values.map((value) => {
    const text = value === null || value === undefined ? "" : String(value);
    // A table program would compute a text that begins so.
    const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }).join(",");
}

export function csvOf(model, view) {
  const theme = model.primary;
  const id = (holder) => (holder === UNKNOWN ? "" : model.holder(theme, holder).id);
  const rows = [];
  if (view.mode === "change") {
    const changes = model.changes(view.from, view.t);
    rows.push(["from_date", "to_date", "theme", "actor", "name", "gained_m2", "lost_m2", "held_m2"]);
    for (const p of changes.parties)
      rows.push([model.label(view.from), model.label(view.t), theme, id(p.holder), model.holderName(theme, p.holder), p.gained, p.lost, p.held]);
  } else {
    rows.push(["at", "theme", "actor", "name", "area_m2", "low_m2", "high_m2"]);
    for (const t of view.mode === "swipe" ? [view.from, view.t] : [view.t])
      for (const row of model.figuresAt(t))
        rows.push([model.label(t), theme, row.id, row.holder === undefined ? "" : model.holderName(theme, row.holder), row.area, row.low, row.high]);
  }
  return rows.map(csvRow).join("\r\n") + "\r\n";
}

export function geojsonOf(model, view, layers) {
  const theme = model.primary;
  const features = [];
  const group = (keys, properties) => {
    const groups = new Map();
    keys.forEach((key, ground) => key !== null && groups.set(key, [...(groups.get(key) ?? []), ground]));
    for (const [key, grounds] of groups) {
      const area_m2 = grounds.reduce((sum, g) => sum + model.areas[g], 0);
      features.push({ type: "Feature", properties: { ...properties(key), area_m2 }, geometry: model.merged(grounds) });
    }
  };
  const id = (of, holder) => (holder === UNKNOWN ? null : model.holder(of, holder).id);
  if (view.mode === "change") {
    const { before, after } = model.changes(view.from, view.t);
    group(Array.from(before, (b, i) => (b === after[i] ? null : b * 65536 + after[i])), (key) => ({
      theme, from_actor: id(theme, Math.floor(key / 65536)), to_actor: id(theme, key % 65536),
      from: model.label(view.from), to: model.label(view.t),
    }));
  } else {
    for (const t of view.mode === "swipe" ? [view.from, view.t] : [view.t]) {
      for (const of of model.themes) {
        if (of !== theme && !layers[{ claim: "claims", zone: "zones", border: "borders" }[of]]) continue;
        group(Array.from(model.holdersAt(of, t), (h) => (h === UNKNOWN ? null : h)), (h) => ({
          theme: of, actor: id(of, h), name: model.holderName(of, h), color: model.holder(of, h).color, at: model.label(t),
        }));
      }
    }
  }
  return { type: "FeatureCollection", name: model.data.title ?? model.data.atlas,
    marchland: { atlas: model.data.atlas, checksum: model.data.checksum, method: model.data.method, disclaimer: model.data.disclaimer, attribution: model.data.attribution },
    features };
}

/// A picture with title, dates, legend and credit.
export async function pictureOf(model, view, maps, swipeAt, credit, colors) {
  const first = await maps[0].picture();
  const ratio = first.width / maps[0].map.getCanvas().clientWidth;
  const [wide, tall] = [first.width / ratio, first.height / ratio];
  const legend = model.figuresAt(view.t).filter((row) => row.area > 0);
  const head = 64;
  const foot = 30 + 20 * Math.ceil(legend.length / 2) + 12;
  const canvas = document.createElement("canvas");
  canvas.width = first.width;
  canvas.height = Math.round((head + tall + foot) * ratio);
  const c = canvas.getContext("2d");
  c.scale(ratio, ratio);
  c.fillStyle = colors.back;
  c.fillRect(0, 0, wide, head + tall + foot);
  c.drawImage(first, 0, head, wide, tall);
  if (view.mode === "swipe") {
    const second = await maps[1].picture();
    const x = wide * swipeAt;
    c.drawImage(second, x * ratio, 0, second.width - x * ratio, second.height, x, head, wide - x, tall);
    c.fillStyle = colors.text;
    c.fillRect(x - 1, head, 2, tall);
  }
  c.fillStyle = colors.text;
  c.font = "600 18px system-ui, sans-serif";
  c.fillText(model.data.title ?? model.data.atlas, 16, 26, wide - 32);
  c.font = "600 20px system-ui, sans-serif";
  c.fillText(view.mode === "date" ? model.label(view.t) : `${model.label(view.from)} → ${model.label(view.t)}`, 16, 52, wide - 32);
  c.font = "13px system-ui, sans-serif";
  legend.forEach((row, i) => {
    const [x, y] = [16 + (i % 2) * (wide / 2), head + tall + 22 + 20 * Math.floor(i / 2)];
    const holder = row.holder === undefined ? null : model.holder(model.primary, row.holder);
    c.fillStyle = row.id === null ? "#8c8c8c66" : holder?.color ?? "#888888";
    c.fillRect(x, y - 10, 20, 12);
    c.fillStyle = colors.text;
    c.fillText(`${row.id === null ? "unknown" : holder ? model.holderName(model.primary, row.holder) : row.id}: ${km2(row.area)} km²`, x + 28, y, wide / 2 - 60);
  });
  c.font = "11px system-ui, sans-serif";
  c.fillStyle = colors.dim;
  c.fillText(credit, 16, head + tall + foot - 10, wide - 32);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

export async function save(kind, model, view, layers, picture) {
  if (kind === "csv") offer(new Blob([csvOf(model, view)], { type: "text/csv" }), fileName(model, view, "csv"));
  if (kind === "geojson") offer(new Blob([JSON.stringify(geojsonOf(model, view, layers))], { type: "application/geo+json" }), fileName(model, view, "geojson"));
  if (kind === "png") offer(await picture(), fileName(model, view, "png"));
}
