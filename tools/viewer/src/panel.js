// What stands beside the map: the legend with its figures, layers, the ground chosen, sources.
import { byId, element, fill, link } from "./elements.js";
import { GAINED, LOST, SCHEMES } from "./mapview.js";
import { UNKNOWN } from "./model.js";
import { km, km2, km2Within } from "./numbers.js";

const THEME_WORDS = { control: "Control", claim: "Claim", border: "Border", zone: "Zone" };

export function swatch(color, { several = false, alpha = 1 } = {}) {
  const style = { backgroundColor: color, opacity: alpha };
  if (several) style.backgroundImage = "radial-gradient(circle, #0009 1.5px, transparent 2px)";
  if (several) style.backgroundSize = "6px 6px";
  return element("span", { class: "swatch", style, "aria-hidden": "true" });
}

/// A sample of a line or hatch.
function sample(kind, color, casing) {
  const svg = (name, attributes) => {
    const out = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) out.setAttribute(key, value);
    return out;
  };
  const out = svg("svg", { width: 22, height: 13, viewBox: "0 0 22 13", "aria-hidden": "true" });
  const line = (x1, y1, x2, y2, width, dash) =>
    svg("line", { x1, y1, x2, y2, stroke: color, "stroke-width": width, ...(dash && { "stroke-dasharray": dash }) });
  if (kind.startsWith("hatch")) {
    out.append(svg("rect", { x: 0.5, y: 0.5, width: 21, height: 12, fill: "none", stroke: color, "stroke-opacity": 0.6 }));
    const direction = Number(kind.slice(5)) % 4;
    for (let i = -1; i < 5; ++i) {
      const x = 5.5 * i;
      if (direction === 0) out.append(line(x, 0, x + 13, 13, 2));
      if (direction === 1) out.append(line(x + 13, 0, x, 13, 2));
      if (direction === 2 && i > -1 && i < 3) out.append(line(0, 2 + 5 * i, 22, 2 + 5 * i, 2));
      if (direction === 3) out.append(line(x, 0, x, 13, 2));
    }
  } else if (kind === "contact") {
    out.append(svg("line", { x1: 0, y1: 6.5, x2: 22, y2: 6.5, stroke: casing, "stroke-width": 6 }), line(0, 6.5, 22, 6.5, 3));
  } else if (kind === "zone") out.append(line(0, 6.5, 22, 6.5, 2.5, "5 3"));
  else if (kind === "border") out.append(line(0, 6.5, 22, 6.5, 1.6, "8 4"));
  else if (kind === "region") out.append(line(0, 6.5, 22, 6.5, 1, "1.5 2"));
  else if (kind === "place") out.append(svg("circle", { cx: 11, cy: 6.5, r: 3, fill: casing, stroke: color, "stroke-width": 1.4 }));
  return out;
}

function bandCell(area, low, high) {
  if (low === null || area === null) return element("td", {}, area === null ? "–" : km2(area));
  return element("td", {}, km2Within(area, low, high), element("small", {}, `${km2(low)} – ${km2(high)}`));
}

/// Areas of one date, with the parties that ever hold ground in a steady order.
export function showFigures(model, t, holders, layers, scheme, hasTwo) {
  const now = new Map(model.figuresAt(t).map((row) => [row.id, row]));
  const colors = SCHEMES[scheme];
  const themeHolders = model.data.themes[model.primary].holders;
  const numbers = new Map(themeHolders.map((h, i) => [h.id, i]));
  let hasBand = false;
  let hasDoubt = false;
  const rows = model.holdersEver().map((id) => {
    const row = now.get(id) ?? { area: 0, low: null, high: null };
    const number = numbers.get(id);
    const isNone = !(row.area > 0);
    hasBand ||= row.low !== null && !isNone;
    hasDoubt ||= (row.dateLow ?? null) !== null && (row.dateLow !== row.area || row.dateHigh !== row.area);
    return element("tr", { class: isNone ? "none" : null },
      element("th", { scope: "row" }, swatch(number === UNKNOWN ? colors.unknown : themeHolders[number]?.color ?? "#888888",
        { several: (themeHolders[number]?.actors.length ?? 0) > 1, alpha: number === UNKNOWN ? 0.4 : 1 }),
        id === null ? "unknown" : number === undefined ? id : model.holderName(model.primary, number)),
      isNone ? element("td", {}, "–") : bandCell(row.area, row.low, row.high));
  });
  const parts = [element("table", {},
    element("caption", {}, `${model.primary === "control" ? "Area under control" : THEME_WORDS[model.primary]}${hasTwo ? `, ${model.label(t)}` : ""}`),
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "party"), element("th", { scope: "col" }, "km²"))),
    element("tbody", {}, rows))];
  if (hasBand) parts.push(element("p", { class: "note" }, "Below a figure: where it lies with 95 %, as far as the accuracy of lines goes."));
  if (hasDoubt) parts.push(element("p", { class: "note" }, "Dates of some statements are in doubt here: choose ground to see which."));
  const contacts = layers.contact ? model.contacts(holders) : [];
  if (contacts.length > 0) {
    parts.push(element("table", {},
      element("caption", {}, "Line of contact"),
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "between"), element("th", { scope: "col" }, "km"))),
      element("tbody", {}, contacts.map(({ first, second, length }) => element("tr", {},
        element("th", { scope: "row" }, `${model.holderName(model.primary, first)} – ${model.holderName(model.primary, second)}`),
        element("td", {}, km(length)))))));
  }
  byId("figures").replaceChildren(...parts);
}

export function showChanges(model, changes, party, scheme) {
  const colors = SCHEMES[scheme];
  const name = (holder) => model.holderName(model.primary, holder);
  const color = (holder) => (holder === UNKNOWN ? colors.unknown : model.holder(model.primary, holder).color);
  const signed = (area, sign) => (area > 0 ? `${sign}${km2(area)}` : "–");
  const cells = (cell) => element("th", { scope: "col" }, cell);
  const parts = [element("table", {},
    element("caption", {}, "Gained and lost, km²"),
    element("thead", {}, element("tr", {}, ["party", "gained", "lost", "held"].map(cells))),
    element("tbody", {}, changes.parties.map((p) => element("tr", { class: p.gained + p.lost > 0 ? null : "none" },
      element("th", { scope: "row" }, swatch(color(p.holder)), name(p.holder)),
      element("td", {}, signed(p.gained, "+")), element("td", {}, signed(p.lost, "−")), element("td", {}, km2(p.held))))))];
  if (party !== null) {
    parts.push(element("p", { class: "note" }, swatch(GAINED), "gained ",
      element("span", { class: "swatch", style: { backgroundColor: LOST, backgroundImage: "repeating-linear-gradient(135deg, #fffc 0 2px, transparent 2px 5px)", marginLeft: "12px" } }), "lost ",
      swatch(color(party), { alpha: 0.45 }), "held"));
  } else {
    parts.push(element("p", { class: "note" }, "Ground that passed has the full colour of its holder at the second date; the rest is pale."));
  }
  if (changes.passed.length > 0) {
    parts.push(element("table", {},
      element("caption", {}, "What passed"),
      element("thead", {}, element("tr", {}, [cells("from"), element("th", { scope: "col", class: "left" }, "to"), cells("km²")])),
      element("tbody", {}, changes.passed.filter((p) => party === null || p.from === party || p.to === party).map((p) => element("tr", {},
        element("th", { scope: "row" }, swatch(color(p.from)), name(p.from)),
        element("td", { class: "words" }, swatch(color(p.to)), name(p.to)), element("td", {}, km2(p.area)))))));
  } else parts.push(element("p", { class: "note" }, "No ground passed between these dates."));
  byId("figures").replaceChildren(...parts);
}

/// What can be drawn: key, words, sample, and whether the atlas has any.
export function layerChoices(model, claimants, scheme) {
  const colors = SCHEMES[scheme];
  const has = (theme) => model.themes.includes(theme) && model.primary !== theme;
  return [
    { key: "contact", text: "Line of contact", mark: sample("contact", colors.contact, colors.casing), has: model.hasContact() },
    { key: "claims", text: "Claims, on ground that others hold", mark: null, has: claimants.length > 0,
      parts: claimants.map((actor, i) => [sample(`hatch${i}`, model.data.actors[actor].color), model.actorName(actor)]) },
    { key: "zones", text: "Zones", mark: sample("zone", colors.zone), has: has("zone") },
    { key: "borders", text: "Borders in force", mark: sample("border", colors.line), has: has("border") },
    { key: "regions", text: "Regions", mark: sample("region", colors.region), has: model.data.regions.length > 0 },
    { key: "places", text: "Places", mark: sample("place", colors.text, colors.halo), has: model.data.places.length > 0 },
  ].filter((choice) => choice.has);
}

export function showLayers(choices, layers, onChange) {
  const box = byId("layers");
  box.hidden = choices.length === 0;
  box.replaceChildren(box.querySelector("legend"), ...choices.flatMap(({ key, text, mark, parts }) => [
    element("label", {}, element("input", { type: "checkbox", checked: layers[key], "data-layer": key, onchange: (event) => onChange(key, event.target.checked) }), mark, text),
    parts && element("ul", {}, parts.map(([its, name]) => element("li", {}, its, " ", name))),
  ].filter(Boolean)));
}

// ---- The ground chosen ----

function span(model, from, to) {
  const since = Number.isFinite(from) ? `from ${model.label(from)}` : "since ever";
  return Number.isFinite(to) ? `${since} until ${model.label(to)}` : `${since}, no end stated`;
}

function statementItem(model, { source, actor, standing, statements }) {
  const lines = statements.slice(0, 6).map((s) => element("li", {},
    element("span", {}, `${s.id}: ${span(model, s.from ?? -Infinity, s.to ?? Infinity)}`),
    (s.basis || s.certainty) && element("span", { class: "dim" }, ` (${[s.basis, s.certainty].filter(Boolean).join(", ")})`),
    s.from_between && element("p", { class: "dim" }, `begins between ${s.from_between.join(" and ")}`),
    s.to_between && element("p", { class: "dim" }, `ends between ${s.to_between.join(" and ")}`),
    s.note && element("p", {}, s.note),
    (s.author || s.recorded) && element("p", { class: "dim" }, ["recorded", s.recorded, s.author && `by ${s.author}`].filter(Boolean).join(" ")),
    s.set_aside_by && element("p", { class: "dim" }, [`${s.standing} by ${s.set_aside_by}`, s.set_aside_at].filter(Boolean).join(", "), s.set_aside_note && `: ${s.set_aside_note}`),
    s.cites && element("p", { class: "dim" }, "rests on ", s.cites.map((i, n) => [n > 0 && "; ", link(model.data.sources[i].title ?? model.data.sources[i].id, model.data.sources[i].url)]))));
  return element("li", {},
    element("strong", {}, model.actorName(actor)), ` – ${standing}. Source: `, link(source.title ?? source.id, source.url), source.date && ` (${source.date})`,
    lines.length > 0 && element("ul", {}, lines),
    statements.length > 6 && element("p", { class: "dim" }, `and ${statements.length - 6} more`));
}

/// The rule in words, as `marchland why` puts it.
function because(model, testimonies) {
  const asked = testimonies.filter((t) => !["may hold", "not asked", "superseded", "retracted"].includes(t.standing));
  if (asked.length === 0) return "No statement of this theme covers this ground: unknown.";
  const sources = [...new Set(asked.map((t) => t.source.id))];
  const event = asked.some((t) => t.layer.mode === "event") ? "Within a layer of events the latest counts; " : "";
  const which = sources.length === 1 ? `one source speaks: ${sources[0]}.` : `${sources.length} sources speak: ${sources.join(", ")}; rule between them: ${model.data.rule}.`;
  return event ? event + which : which[0].toUpperCase() + which.slice(1);
}

export function showDetail(model, ground, lonlat, t, onClose) {
  const box = byId("detail");
  if (ground === null) {
    box.hidden = true;
    return;
  }
  const main = model.explain(ground, model.primary, t, lonlat);
  const others = model.themes.filter((theme) => theme !== model.primary)
    .map((theme) => ({ theme, ...model.explain(ground, theme, t, lonlat) })).filter((each) => each.holder !== UNKNOWN);
  const decided = main.testimonies.filter((each) => each.standing === "decides");
  const rest = main.testimonies.filter((each) => each.standing !== "decides");
  const regions = model.regionsOf(ground);
  fill(box,
    element("header", {},
      element("h2", {}, swatch(main.holder === UNKNOWN ? "#8c8c8c66" : model.holder(model.primary, main.holder).color), model.holderName(model.primary, main.holder)),
      element("button", { type: "button", "aria-label": "Close", onclick: onClose }, "×")),
    element("p", {}, `${THEME_WORDS[model.primary]} at ${model.label(t)}: ${span(model, main.from, main.to)}`),
    main.possible.length > 1 && element("p", {}, `Dates are in doubt: by those that are possible ${main.possible.map((set) => (set.length === 0 ? "unknown" : set.map((actor) => model.actorName(actor)).join(" / "))).join(", or ")}.`),
    lonlat && element("p", { class: "dim" }, `at ${lonlat.map((d) => d.toFixed(5)).join(", ")} (longitude, latitude)`),
    element("h3", {}, "Why"),
    element("p", {}, because(model, main.testimonies)),
    decided.length > 0 && element("ul", {}, decided.map((each) => statementItem(model, each))),
    rest.length > 0 && element("details", {}, element("summary", {}, `${rest.length} more about this ground`), element("ul", {}, rest.map((each) => statementItem(model, each)))),
    others.map(({ theme, holder, from, to, testimonies }) => [
      element("h3", {}, THEME_WORDS[theme]),
      element("p", {}, element("strong", {}, model.holderName(theme, holder)), ` ${span(model, from, to)}`),
      element("details", {}, element("summary", {}, "Statements"), element("ul", {}, testimonies.filter((each) => each.standing === "decides").map((each) => statementItem(model, each)))),
    ]),
    element("h3", {}, "History"),
    element("ol", {}, main.history.filter((h, i) => h.holder !== UNKNOWN || i > 0).map((h) => element("li", {},
      h.from <= t && t < h.to ? element("strong", {}, model.holderName(model.primary, h.holder)) : model.holderName(model.primary, h.holder), ` ${span(model, h.from, h.to)}`))),
    ...(regions.length > 0 ? [element("h3", {}, "Regions"), element("p", {}, regions.map((r) => r.name ?? r.id).join("; "))] : []),
  );
  box.hidden = false;
}

// ---- Sources ----

export function fillAbout(model) {
  const { data } = model;
  const dialog = byId("about");
  const licences = byId("licences");
  licences.hidden = false;
  const key = (name) => element("kbd", {}, name);
  fill(dialog,
    element("form", { method: "dialog" }, element("button", { style: { float: "right" } }, "Close")),
    element("h2", { id: "about-title" }, data.title ?? data.atlas),
    data.disclaimer && element("p", {}, data.disclaimer),
    data.attribution && element("p", {}, data.attribution),
    element("p", {}, `Areas by method ${data.method}, on a grid of ${data.grid}; between sources the rule ${data.rule}. ${data.filters ? `Left by ${data.filters}. ` : ""}Made by ${data.program}${data.checksum ? ` from the atlas of checksum ${data.checksum}` : ""}.`),
    element("p", {}, `Ground is drawn along the lines of the statements${data.coarse.length > 0 ? "; far out, vertices that fall within a pixel of the line are left out" : ", with nothing left out"}; how true these lines are is another matter, and what the bands are about.`),
    element("h3", {}, "Keys"),
    element("p", {}, key("←"), " ", key("→"), " change before, next change; ", key("Home"), " ", key("End"), " first, last; ", key("Space"), " play (where no button has the focus). On the map: arrows and ", key("+"), " ", key("−"), " move it, ", key("Enter"), " tells about the ground at its centre; ", key("Esc"), " closes."),
    element("h3", {}, "Sources"),
    element("ul", {}, data.sources.map((s) => element("li", {}, link(s.title ?? s.id, s.url),
      element("span", { class: "dim" }, [s.author, s.date, s.licence && `licence: ${s.licence}`, s.sigma_m !== undefined && `accuracy of lines: ${s.sigma_m} m`].filter(Boolean).map((x) => ` – ${x}`).join("")),
      s.note && element("p", { class: "dim" }, s.note)))),
    element("h3", {}, "Base map"),
    element("p", {}, "Coast and borders of neighbouring countries: Natural Earth, 1:50 million, public domain. Borders of the countries that this atlas is about are drawn only as the atlas states them."),
    licences,
  );
}
