// The map as a picture that says what it is of: title, dates, scale, legend with figures, restrictions, credit.
import { GAINED, LOST, SCHEMES } from "./mapview.js";
import { UNKNOWN } from "./model.js";
import { km } from "./numbers.js";
import { fillDotted, fillHatched } from "./patterns.js";
import { AREA_WORDS, changeRows, contactRows, datesOf, figureRows } from "./rows.js";

const MARGIN = 16;
const MOST_ROWS = 24; // of one list; of more the greatest are shown, and how many more there are
const FONT = "system-ui, \"Segoe UI\", \"Noto Sans\", \"DejaVu Sans\", sans-serif";
const font = (size, weight = 400) => `${weight} ${size}px ${FONT}`;

/// Words in lines that are no wider than `wide` in the font that the context has.
function wrapped(context, text, wide) {
  const lines = [];
  for (const word of text.split(/\s+/)) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    if (lines.length > 0 && context.measureText(longer).width <= wide) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

// ---- Samples: 22 x 13, from the upper left corner ----

const ground = (color, { alpha = 1, dotted = false, striped = false } = {}) => (c, x, y) => {
  c.globalAlpha = alpha;
  c.fillStyle = color;
  c.fillRect(x, y, 22, 13);
  c.globalAlpha = 1;
  if (dotted) fillDotted(c, [x, y, 22, 13], "#00000088");
  if (striped) fillHatched(c, [x, y, 22, 13], "#ffffffd0", 1, "#00000000", 3);
  c.lineWidth = 1;
  c.strokeStyle = "#00000055";
  c.strokeRect(x + 0.5, y + 0.5, 21, 12);
};
const hatched = (color, number, edge) => (c, x, y) => {
  fillHatched(c, [x, y, 22, 13], color, number, edge);
  c.lineWidth = 1;
  c.strokeStyle = color;
  c.strokeRect(x + 0.5, y + 0.5, 21, 12);
};
const line = (color, width, dash = [], casing = null) => (c, x, y) => {
  const draw = (style, wide) => {
    c.strokeStyle = style;
    c.lineWidth = wide;
    c.setLineDash(dash);
    c.beginPath();
    c.moveTo(x, y + 6.5);
    c.lineTo(x + 22, y + 6.5);
    c.stroke();
    c.setLineDash([]);
  };
  if (casing) draw(casing, width + 3);
  draw(color, width);
};

// ---- What the legend says: lists of {caption, rows: [{sample, text}]} and notes ----

function areaList({ model, view, scheme }) {
  const colors = SCHEMES[scheme];
  const dates = datesOf(view);
  const { holders } = model.data.themes[model.primary];
  const rows = figureRows(model, dates).filter(({ figures }) => figures.some(({ area }) => area > 0));
  const figure = ({ text, band }) => (band === null ? text : `${text} (${band})`);
  const word = AREA_WORDS[model.primary];
  return {
    list: {
      caption: `${word}, km²${dates.length > 1 ? `, at ${dates.map((t) => model.label(t)).join(" → ")}` : ""}`,
      rows: rows.map((row) => ({
        sample: ground(row.number === UNKNOWN ? colors.unknown : holders[row.number]?.color ?? "#888888",
          { alpha: row.number === UNKNOWN ? 0.4 : 1, dotted: (holders[row.number]?.actors.length ?? 0) > 1 }),
        text: `${row.id === null ? "unknown" : row.name}: ${row.figures.map(figure).join(" → ")}`,
        size: Math.max(...row.figures.map(({ area }) => area)),
      })),
    },
    notes: rows.some(({ figures }) => figures.some(({ band }) => band !== null))
      ? ["In brackets: where a figure lies with 95 %, as far as the accuracy of lines goes."] : [],
  };
}

function changeList({ model, view, scheme }) {
  const colors = SCHEMES[scheme];
  const dates = datesOf(view);
  const changes = changeRows(model, dates, view.party);
  const between = dates.map((t) => model.label(t)).join(" → ");
  const name = (holder) => model.holderName(model.primary, holder);
  const color = (holder) => (holder === UNKNOWN ? colors.unknown : model.holder(model.primary, holder).color);
  const rows = view.party !== null
    ? (changes.parties.length > 0 ? changes.parties : [{ holder: view.party, gained: 0, lost: 0, held: 0 }]).flatMap((p) => [
      { sample: ground(GAINED), text: `gained: ${changes.text(p.gained)}` },
      { sample: ground(LOST, { striped: true }), text: `lost: ${changes.text(p.lost)}` },
      { sample: ground(color(p.holder), { alpha: 0.45 }), text: `held at both: ${changes.heldText(p)}` },
    ])
    : changes.parties.filter((p) => p.gained + p.lost > 0).map((p) => ({
      sample: ground(color(p.holder)), size: p.gained + p.lost,
      text: `${name(p.holder)}: gained ${changes.text(p.gained)}, lost ${changes.text(p.lost)}, held ${changes.heldText(p)}`,
    }));
  return {
    list: { caption: `${view.party === null ? "Gained and lost" : name(view.party)}, km², ${between}`, rows },
    notes: [
      view.party === null && "Ground that passed has the full colour of its holder at the second date; the rest is pale.",
      rows.length === 0 && "No ground passed between these dates.",
      changes.hasBands && "Rounded as the areas at these dates; bands of changes are in marchland changes.",
    ].filter(Boolean),
  };
}

/// What is drawn beside ground, with what it means.
function markList({ model, view, layers, scheme, mapData }) {
  const colors = SCHEMES[scheme];
  const dates = datesOf(view);
  const isPlain = view.mode !== "change";
  const ever = (theme) => model.themes.includes(theme) && model.primary !== theme;
  const isDrawn = (theme) => ever(theme) && (isPlain ? dates : dates.slice(-1)).some((t) => model.holdersAt(theme, t).some((h) => h !== UNKNOWN));
  const rows = [];
  const contacts = isPlain && layers.contact ? contactRows(model, dates) : [];
  if (contacts.length > 0) {
    const total = dates.map((_, i) => km(contacts.reduce((sum, { lengths }) => sum + lengths[i], 0)));
    rows.push({ sample: line(colors.contact, 3, [], colors.casing), text: `line of contact: ${total.join(" → ")} km` });
  }
  if (isPlain && layers.claims && mapData.claimants.length > 0) {
    const drawn = new Set(dates.flatMap((t) => [...new Set(model.holdersAt("claim", t))].flatMap((h) => model.holder("claim", h).actors)));
    mapData.claimants.forEach((actor, i) => {
      if (drawn.has(actor)) rows.push({ sample: hatched(model.data.actors[actor].color, i, colors.edge), text: `claimed by ${model.actorName(actor)}, held by others` });
    });
  }
  if (layers.zones && isDrawn("zone")) rows.push({ sample: line(colors.zone, 2.5, [5, 3]), text: "zones" });
  if (layers.borders && isDrawn("border")) rows.push({ sample: line(colors.line, 1.6, [8, 4]), text: "borders in force" });
  if (layers.regions && model.data.regions.length > 0) rows.push({ sample: line(colors.region, 1, [1.5, 2]), text: "regions" });
  return { caption: "Drawn on the map", rows };
}

/// Long lists without their least rows.
function shortened({ caption, rows }) {
  if (rows.length <= MOST_ROWS) return { caption, rows, more: 0 };
  const least = rows.map(({ size = Infinity }) => size).sort((a, b) => b - a)[MOST_ROWS - 1];
  const kept = rows.filter(({ size = Infinity }) => size >= least).slice(0, MOST_ROWS);
  return { caption, rows: kept, more: rows.length - kept.length };
}

function scaleBar(c, mapView, x, y, { text, back }) {
  const perPixel = mapView.metersPerPixel();
  const most = 130 * perPixel;
  const power = 10 ** Math.floor(Math.log10(most));
  const meters = [5, 3, 2, 1].map((n) => n * power).find((n) => n <= most);
  const wide = meters / perPixel;
  c.fillStyle = back;
  c.globalAlpha = 0.8;
  c.fillRect(x - 6, y - 24, wide + 12, 30);
  c.globalAlpha = 1;
  c.strokeStyle = c.fillStyle = text;
  c.lineWidth = 2;
  c.beginPath();
  c.moveTo(x, y - 6);
  c.lineTo(x, y);
  c.lineTo(x + wide, y);
  c.lineTo(x + wide, y - 6);
  c.stroke();
  c.font = font(11);
  c.fillText(meters >= 1000 ? `${meters / 1000} km` : `${meters} m`, x + 4, y - 9);
}

function dateTag(c, text, x, y, align, colors) {
  c.font = font(15, 650);
  const wide = c.measureText(text).width + 20;
  const left = align === "right" ? x - wide : x;
  c.fillStyle = colors.back;
  c.fillRect(left, y, wide, 26);
  c.fillStyle = colors.text;
  c.fillText(text, left + 10, y + 18);
}

/// Of a page (main.js), as it is shown now. `colors`: {back, text, dim}.
export async function pictureOf(page, { credit, ...colors }) {
  const { model, view, maps, swipeAt } = page;
  const dates = datesOf(view).map((t) => model.label(t));
  const first = await maps[0].picture();
  const second = view.mode === "swipe" ? await maps[1].picture() : null;
  const ratio = first.width / maps[0].map.getCanvas().clientWidth;
  const [wide, tall] = [first.width / ratio, first.height / ratio];
  const { list, notes } = view.mode === "change" ? changeList(page) : areaList(page);
  const lists = [list, markList(page)].filter(({ rows }) => rows.length > 0).map(shortened);

  // Drawn twice: to learn how tall it is, and then on a canvas of that size.
  const draw = (c) => {
    const text = (words, y, style, color) => {
      c.font = style;
      c.fillStyle = color;
      for (const each of wrapped(c, words, wide - 2 * MARGIN)) {
        c.fillText(each, MARGIN, y);
        y += parseInt(/(\d+)px/.exec(style)[1], 10) * 1.3;
      }
      return y;
    };
    let y = text(model.data.title ?? model.data.atlas, 26, font(18, 600), colors.text);
    y = text(dates.join(" → "), y + 4, font(20, 600), colors.text);
    const top = y - 8;
    c.drawImage(first, 0, top, wide, tall);
    if (second) {
      const x = wide * swipeAt;
      c.drawImage(second, x * ratio, 0, second.width - x * ratio, second.height, x, top, wide - x, tall);
      c.fillStyle = colors.text;
      c.fillRect(x - 1, top, 2, tall);
      dateTag(c, dates[0], x - 10, top + 10, "right", colors);
      dateTag(c, dates[1], x + 10, top + 10, "left", colors);
    }
    scaleBar(c, maps[0], MARGIN, top + tall - 14, colors);
    y = top + tall + 24;
    for (const { caption, rows, more } of lists) {
      y = text(caption, y, font(13, 600), colors.text) + 3;
      c.font = font(13);
      const widest = Math.max(...rows.map((row) => c.measureText(row.text).width)) + 54;
      const columns = Math.max(1, Math.min(3, Math.floor((wide - 2 * MARGIN) / widest)));
      const each = Math.ceil(rows.length / columns);
      rows.forEach((row, i) => {
        const [x, at] = [MARGIN + Math.floor(i / each) * ((wide - 2 * MARGIN) / columns), y + 20 * (i % each)];
        row.sample(c, x, at - 11);
        c.font = font(13);
        c.fillStyle = colors.text;
        c.fillText(row.text, x + 30, at, wide - MARGIN - x - 30);
      });
      y += 20 * each;
      if (more > 0) y = text(`and ${more} more`, y, font(12), colors.dim);
      y += 8;
    }
    for (const words of [...notes, ...(model.data.disclaimer ? [model.data.disclaimer] : []), credit]) y = text(words, y, font(11), colors.dim) + 2;
    return y;
  };
  const canvas = document.createElement("canvas");
  const height = draw(canvas.getContext("2d")) + 2;
  canvas.width = first.width;
  canvas.height = Math.round(height * ratio);
  const c = canvas.getContext("2d");
  c.scale(ratio, ratio);
  c.fillStyle = colors.back;
  c.fillRect(0, 0, wide, height);
  draw(c);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
