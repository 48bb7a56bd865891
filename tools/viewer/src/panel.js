// What stands beside the map: the legend with its figures, layers, the ground chosen, sources.
import { byId, element, fill, link } from "./elements.js";
import { GAINED, LOST, SCHEMES } from "./mapview.js";
import { UNKNOWN } from "./model.js";
import { km } from "./numbers.js";
import { fillHatched } from "./patterns.js";
import { AREA_WORDS, contactRows, figureRows, MANY } from "./rows.js";

export const THEME_WORDS = { control: "Control", claim: "Claim", border: "Border", zone: "Zone" };

export function swatch(color, { several = false, alpha = 1 } = {}) {
  const style = { backgroundColor: color, opacity: alpha };
  if (several) style.backgroundImage = "radial-gradient(circle, #0009 1.5px, transparent 2px)";
  if (several) style.backgroundSize = "6px 6px";
  return element("span", { class: "swatch", style, "aria-hidden": "true" });
}

/// A sample of a line or a place.
function sample(kind, color, casing) {
  const svg = (name, attributes) => {
    const out = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) out.setAttribute(key, value);
    return out;
  };
  const out = svg("svg", { width: 22, height: 13, viewBox: "0 0 22 13", "aria-hidden": "true" });
  const line = (x1, y1, x2, y2, width, dash) =>
    svg("line", { x1, y1, x2, y2, stroke: color, "stroke-width": width, ...(dash && { "stroke-dasharray": dash }) });
  if (kind === "contact") {
    out.append(svg("line", { x1: 0, y1: 6.5, x2: 22, y2: 6.5, stroke: casing, "stroke-width": 6 }), line(0, 6.5, 22, 6.5, 3));
  } else if (kind === "zone") out.append(line(0, 6.5, 22, 6.5, 2.5, "5 3"));
  else if (kind === "border") out.append(line(0, 6.5, 22, 6.5, 1.6, "8 4"));
  else if (kind === "region") out.append(line(0, 6.5, 22, 6.5, 1, "1.5 2"));
  else if (kind === "place") out.append(svg("circle", { cx: 11, cy: 6.5, r: 3, fill: casing, stroke: color, "stroke-width": 1.4 }));
  return out;
}
function hatchSample(color, number, edge) {
  const out = element("canvas", { width: 44, height: 26, class: "hatch", "aria-hidden": "true" });
  const context = out.getContext("2d");
  context.scale(2, 2);
  fillHatched(context, [0, 0, 22, 13], color, number, edge);
  return out;
}

// ---- Figures ----

/// A holder's name, in its language.
const holderName = (model, theme, holder) => element("span", { lang: model.languageOf(theme, holder) }, model.holderName(theme, holder));

const head = (...words) => element("thead", {}, element("tr", {}, words.map((word) => element("th", { scope: "col" }, word))));
const note = (...words) => element("p", { class: "note" }, ...words);

/// A long table scrolls in a box of its own, so that what stands below it is in reach; #filter finds its rows.
function boxed(table) {
  return table.tBodies[0].rows.length > MANY ? element("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": table.caption.textContent }, table) : table;
}
function showFigureParts(parts) {
  byId("figures").replaceChildren(...parts.map((part) => (part.tagName === "TABLE" ? boxed(part) : part)));
  byId("filter-label").hidden = byId("figures").querySelector(".scroll") === null;
  filterRows();
}
export function filterRows() {
  const word = byId("filter-label").hidden ? "" : byId("filter").value.trim().toLowerCase();
  for (const row of byId("figures").querySelectorAll("tbody tr"))
    row.hidden = word !== "" && !row.textContent.toLowerCase().includes(word);
}
/// The first rows of what the panel shows, as one says them.
export function spoken() {
  const [first] = byId("figures").querySelectorAll("table");
  const rows = first ? [...first.querySelectorAll("tbody tr:not(.none)")] : [];
  const words = rows.slice(0, 4).map((row) => [...row.cells].map((cell) => [...cell.childNodes].filter((n) => n.nodeName !== "SMALL").map((n) => n.textContent).join("")).join(" "));
  return words.join("; ") + (rows.length > words.length ? `; and ${rows.length - words.length} more` : "");
}

/// Areas at dates, with the parties that ever hold ground in a steady order, unless there are too many to be read.
export function showFigures(model, dates, layers, scheme) {
  const colors = SCHEMES[scheme];
  const { holders } = model.data.themes[model.primary];
  const all = figureRows(model, dates);
  const isNone = ({ figures }) => figures.every(({ area, dateBand }) => !(area > 0) && dateBand === null);
  const rows = all.length > MANY ? all.filter((row) => !isNone(row)) : all;
  const figures = rows.flatMap((row) => row.figures);
  const isPair = dates.length > 1;
  const columns = (unit) => (isPair ? dates.map((t) => model.label(t)) : [unit]);
  const caption = AREA_WORDS[model.primary];
  const parts = [element("table", {},
    element("caption", {}, caption, isPair && ", km²"),
    head("party", ...columns("km²")),
    element("tbody", {}, rows.map((row) => element("tr", { class: isNone(row) ? "none" : null },
      element("th", { scope: "row" }, swatch(row.number === UNKNOWN ? colors.unknown : holders[row.number]?.color ?? "#888888",
        { several: (holders[row.number]?.actors.length ?? 0) > 1, alpha: row.number === UNKNOWN ? 0.4 : 1 }),
        element("span", { lang: row.language }, row.id === null ? "unknown" : row.name)),
      row.figures.map(({ text, band, dateBand }) => element("td", {}, text, band !== null && element("small", {}, band),
        dateBand !== null && element("small", {}, `by dates ${dateBand}`)))))))];
  if (rows.length < all.length) parts.push(note(`${all.length - rows.length} that hold ground at other dates have none ${isPair ? "at these" : "now"}.`));
  if (figures.some(({ band }) => band !== null)) parts.push(note("Below a figure: where it lies with 95 %, as far as the accuracy of lines goes."));
  if (figures.some(({ dateBand }) => dateBand !== null))
    parts.push(note("By dates: the least and the most by the dates that are possible, for some statements are in doubt. Choose ground to see which."));
  const contacts = layers.contact ? contactRows(model, dates) : [];
  if (contacts.length > 0) {
    parts.push(element("table", {},
      element("caption", {}, "Line of contact", isPair && ", km"),
      head("between", ...columns("km")),
      element("tbody", {}, contacts.map(({ first, second, lengths }) => element("tr", {},
        element("th", { scope: "row" }, holderName(model, model.primary, first), " – ", holderName(model, model.primary, second)),
        lengths.map((length) => element("td", {}, length > 0 ? km(length) : "–")))))));
  }
  showFigureParts(parts);
}

/// What changed, as changeRows has it.
export function showChanges(model, changes, party, scheme) {
  const colors = SCHEMES[scheme];
  const name = (holder) => holderName(model, model.primary, holder);
  const color = (holder) => (holder === UNKNOWN ? colors.unknown : model.holder(model.primary, holder).color);
  const signed = (area, sign) => (area > 0 ? `${sign}${changes.text(area)}` : "–");
  const fromTo = (unit) => element("thead", {}, element("tr", {}, element("th", { scope: "col" }, unit === "" ? "place" : "from"),
    unit === "" && element("th", { scope: "col", class: "left" }, "from"), element("th", { scope: "col", class: "left" }, "to"), unit !== "" && element("th", { scope: "col" }, unit)));
  const parts = [element("table", { class: "wide" },
    element("caption", {}, "Gained and lost, km²"),
    head("party", "gained", "lost", "held"),
    element("tbody", {}, changes.parties.map((p) => element("tr", { class: p.gained + p.lost > 0 ? null : "none" },
      element("th", { scope: "row" }, swatch(color(p.holder)), name(p.holder)),
      element("td", {}, signed(p.gained, "+")), element("td", {}, signed(p.lost, "−")),
      element("td", {}, p.held > 0 ? changes.heldText(p) : "–")))))];
  if (party !== null) {
    parts.push(note(swatch(GAINED), "gained ",
      element("span", { class: "swatch", style: { backgroundColor: LOST, backgroundImage: "repeating-linear-gradient(135deg, #fffc 0 2px, transparent 2px 5px)", marginLeft: "12px" } }), "lost ",
      swatch(color(party), { alpha: 0.45 }), "held"));
  } else {
    parts.push(note("Ground that passed has the full colour of its holder at the second date; the rest is pale."));
  }
  if (changes.passed.length > 0) {
    parts.push(element("table", {},
      element("caption", {}, "What passed"), fromTo("km²"),
      element("tbody", {}, changes.passed.map((p) => element("tr", {},
        element("th", { scope: "row" }, swatch(color(p.from)), name(p.from)),
        element("td", { class: "words" }, swatch(color(p.to)), name(p.to)), element("td", {}, changes.text(p.area)))))));
  } else parts.push(note(party === null ? "No ground passed between these dates." : "None of its ground passed between these dates."));
  if (changes.places.length > 0) {
    parts.push(element("table", {},
      element("caption", {}, "Places that changed hands"), fromTo(""),
      element("tbody", {}, changes.places.map((p) => element("tr", {},
        element("th", { scope: "row" }, p.name), element("td", { class: "words" }, name(p.from)), element("td", { class: "words" }, name(p.to)))))));
  }
  if (changes.hasBands) {
    parts.push(note("Rounded as the areas at these dates. How sure a change is depends on which lines both dates share: its 95 % band, and the noise of lines drawn anew, are in ",
      element("code", {}, "marchland changes"), "."));
  }
  showFigureParts(parts);
}

/// The list of parties whose gains and losses can be shown.
export function fillParties(model, party) {
  const { holders } = model.data.themes[model.primary];
  const options = holders.slice(1).map((h, i) => ({ id: h.id, lang: model.languageOf(model.primary, i + 1), name: model.holderName(model.primary, i + 1) }));
  options.sort((a, b) => a.name.localeCompare(b.name));
  fill(byId("party"), element("option", { value: "" }, "all parties: what passed to whom"),
    options.map(({ id, lang, name }) => element("option", { value: id, lang }, name)));
  byId("party").value = party === null ? "" : holders[party].id;
}

/// What can be drawn: key, words, sample, and whether the atlas has any.
export function layerChoices(model, claimants, scheme) {
  const colors = SCHEMES[scheme];
  const has = (theme) => model.themes.includes(theme) && model.primary !== theme;
  return [
    { key: "contact", text: "Line of contact", mark: sample("contact", colors.contact, colors.casing), has: model.hasContact() },
    { key: "claims", text: "Claims, on ground that others hold", mark: null, has: claimants.length > 0,
      parts: claimants.map((actor, i) => [hatchSample(model.data.actors[actor].color, i, colors.edge), model.actorName(actor)]) },
    { key: "zones", text: "Zones", mark: sample("zone", colors.zone), has: has("zone") },
    { key: "borders", text: "Borders in force", mark: sample("border", colors.line), has: has("border") },
    { key: "regions", text: "Regions", mark: sample("region", colors.region), has: model.data.regions.length > 0 },
    { key: "places", text: "Places", mark: sample("place", colors.text, colors.halo), has: model.data.places.length > 0 },
  ].filter((choice) => choice.has);
}

/// `disabled`: those that are not drawn now, whatever is chosen.
export function showLayers(choices, layers, disabled, onChange) {
  const box = byId("layers");
  box.hidden = choices.length === 0;
  box.replaceChildren(box.querySelector("legend"), ...choices.flatMap(({ key, text, mark, parts }) => [
    element("label", {}, element("input", { type: "checkbox", checked: layers[key], disabled: disabled.includes(key), "data-layer": key, onchange: (event) => onChange(key, event.target.checked) }), mark, text),
    parts && element("ul", { class: parts.length > MANY ? "scroll" : null, tabindex: parts.length > MANY ? 0 : null }, parts.map(([its, name]) => element("li", {}, its, " ", name))),
  ].filter(Boolean)));
}

// ---- The ground chosen ----

function span(model, from, to) {
  // Of what was before and after a window the page knows nothing.
  const since = from < model.since ? `from ${model.label(model.since)} or before` : Number.isFinite(from) ? `from ${model.label(from)}` : "since ever";
  if (to > model.until) return `${since} until ${model.label(model.until)} or later`;
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
      element("h2", {}, swatch(main.holder === UNKNOWN ? "#8c8c8c66" : model.holder(model.primary, main.holder).color), holderName(model, model.primary, main.holder)),
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
    element("ol", {}, main.history.filter((h, i) => (h.holder !== UNKNOWN || i > 0) && h.to > model.since && h.from < model.until).map((h) => element("li", {},
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
    element("p", {}, `Areas by method ${data.method}, on a grid of ${data.grid}; between sources the rule ${data.rule}. Made by ${data.program}${data.checksum ? ` from the atlas of checksum ${data.checksum}` : ""}.`),
    model.restrictions().length > 0 && element("p", {}, element("strong", {}, "Restricted: "), `${model.restrictions().join("; ")}.`),
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
