// The atlas as the page has it: who held which ground when, how much, and by which statements.
// What the document holds is described in docs/design/map.md.
import { feature } from "topojson-client";
import { Calendar, forPeople } from "./dates.js";
import { offSeam } from "./seam.js";
import { Shapes } from "./shapes.js";
import { Testimonies } from "./testimony.js";

/// Index of the last element that is not after `t`; -1 if there is none.
export function lastNotAfter(sorted, t, at = (x) => x) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(sorted[middle]) <= t) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export const UNKNOWN = 0;

export class Model {
  constructor(data) {
    this.data = data;
    this.calendar = new Calendar(data.utc_offset_minutes, data.day_starts_minutes);
    this.times = data.times.map((t, i) => (t === null ? (i === 0 ? -Infinity : Infinity) : t));
    this.primary = data.theme;
    this.testimonies = new Testimonies(data, this.times);
    this.themes = Object.keys(data.themes);
    const { geometries } = data.topology.objects.ground;
    this.geometries = geometries;
    this.count = geometries.length;
    this.areas = Float64Array.from(geometries, (g) => g.properties.area_m2);
    this.usualLanguage = data.language ?? "";
    this.language = this.usualLanguage;
    // What holds outside of a window was left out of the data.
    this.since = this.calendar.parse(data.since ?? "") ?? -Infinity;
    this.until = this.calendar.parse(data.until ?? "") ?? Infinity;
    this.dates = data.dates.map((i) => Math.max(this.times[i], this.since));
    this.dateTexts = data.dates.map((i) => data.time_texts[i] ?? data.since ?? "at all times");
    // What holds when a window opens is a state of its own, though nothing passes then.
    if (data.since && this.dates[0] > this.since && this.#isHeld(this.since)) {
      this.dates.unshift(this.since);
      this.dateTexts.unshift(data.since);
    }
    this.figureTimes = data.figures.map((f) => f.at ?? -Infinity);
    // Without an edge of what an atlas is about nothing is unknown: ground that nobody is said to hold is outside.
    this.hasUnknown = data.figures.some(({ rows }) => rows.some(([id]) => id === null));
    /// Whether dates in doubt make figures uncertain at any time.
    this.hasDoubt = data.figures.some(({ rows }) => rows.some((row) => row.length > 4));
    this.#findSides();
    this.shapes = new Shapes(data.topology, this.left, this.right);
    this.#weighDates();
  }

  /// By line, the ground on either side; -1: none. Lines are the arcs, then those on the antimeridian across which
  /// grounds meet: there arcs of both its sides lie, which have ground on one side only.
  #findSides() {
    const { topology: { arcs }, seam, arc_lengths_m: lengths } = this.data;
    this.left = new Int32Array(arcs.length + seam.length).fill(-1);
    this.right = new Int32Array(arcs.length + seam.length).fill(-1);
    this.lengths = [...lengths, ...seam.map(([, , , , length]) => length)];
    seam.forEach(([west, east], i) => {
      this.left[arcs.length + i] = west;
      this.right[arcs.length + i] = east;
    });
    this.geometries.forEach((geometry, ground) => {
      for (const polygon of geometry.arcs)
        for (const ring of polygon)
          for (const ref of ring) (ref < 0 ? this.right : this.left)[ref < 0 ? ~ref : ref] = ground;
    });
    this.arcsOf = Array.from({ length: this.count }, () => []);
    for (let arc = 0; arc < arcs.length; ++arc) {
      if (this.left[arc] >= 0) this.arcsOf[this.left[arc]].push(arc);
      if (this.right[arc] >= 0) this.arcsOf[this.right[arc]].push(arc);
    }
  }

  /// How much ground passes at each date, in m2.
  #weighDates() {
    const first = this.dates.length - this.data.dates.length;
    const index = new Map(this.data.dates.map((time, i) => [time, first + i]));
    this.weights = new Float64Array(this.dates.length);
    const { grounds } = this.data.themes[this.primary];
    this.geometries.forEach((geometry, ground) => {
      const spans = grounds[geometry.properties[this.primary]];
      for (let i = 2; i < spans.length; i += 2) {
        const date = index.get(spans[i]);
        const t = this.times[spans[i]];
        const isShown = (holder) => this.isShown(this.primary, holder, t);
        if (date !== undefined && (isShown(spans[i - 1]) || isShown(spans[i + 1]))) this.weights[date] += this.areas[ground];
      }
    });
  }

  /// The date to open with: the latest of all themes, or where by then nothing is held of the one that is shown, the
  /// last at which any is.
  opening() {
    const { latest = this.dates.at(-1) } = this.data;
    return this.#isHeld(latest) ? latest : this.dates.findLast((t) => this.#isHeld(t)) ?? this.dates.at(-1);
  }
  #isHeld(t) {
    return this.holdersAt(this.primary, t).some((holder) => holder !== UNKNOWN);
  }

  /// The date that is in force at an instant; -1 before the first.
  dateIndex(t) {
    return lastNotAfter(this.dates, t);
  }

  /// A date as files and links have it, which is read back to the same instant.
  text(t) {
    const i = this.dateIndex(t);
    return i >= 0 && this.dates[i] === t ? this.dateTexts[i] : this.calendar.format(t);
  }
  label(t) {
    return forPeople(this.text(t));
  }

  isWithin(t) {
    return this.since <= t && t < this.until;
  }
  #windowText() {
    const { since, until } = this.data;
    return [since && `since ${since}`, until && `until ${until}`].filter(Boolean).join(" ");
  }
  /// Periods of whose beginning the page knows.
  periods() {
    return this.data.periods.filter((p) => this.isWithin(p.from ?? -Infinity));
  }

  /// A date as it is typed: ISO 8601, a period's id, "latest" or "previous". Throws RangeError, with what to say, for
  /// what is none, and for dates of which the page knows nothing.
  parse(text) {
    const word = text.trim();
    const t = this.#instantOf(word);
    if (t === null) throw new RangeError(`'${word}' is not a date; write a year, month or day, as 1994-05-12, an instant, as 2020-11-10T01:00+04:00, or a period's id`);
    if (!this.isWithin(t)) throw new RangeError(`'${word}' lies outside the window (${this.#windowText()}), and what holds there was left out`);
    return t;
  }
  #instantOf(word) {
    const period = this.data.periods.find((p) => p.id === word);
    if (period) return period.from ?? (this.since === -Infinity ? this.dates[0] : -Infinity);
    if (word === "latest") return this.data.latest ?? this.dates.at(-1);
    if (word === "previous") {
      if (this.data.previous === undefined) throw new RangeError("'previous': nothing changes before the latest date");
      return this.data.previous;
    }
    const i = this.dateTexts.indexOf(word);
    return i >= 0 ? this.dates[i] : this.calendar.parse(word);
  }

  /// How the page is restricted, in words: what it was made of, and what was left out.
  restrictions() {
    const { as_of: asOf, public: isPublic, harmonise_m: harmonised, filters, since, until } = this.data;
    return [
      asOf && `as recorded by ${asOf}`, (since || until) && `only the time ${this.#windowText()}`,
      isPublic && "for the public: only what is published, and neither it nor its source internal",
      filters && `only what ${filters} leaves`,
      harmonised && `lines within ${harmonised} m of earlier ones taken to be the same`,
    ].filter(Boolean);
  }

  /// Whether --actor and --group leave a holder at an instant.
  isShown(theme, holder, t) {
    const { shown } = this.data.themes[theme].holders[holder];
    if (!shown) return true;
    let is = 0;
    for (let i = 0; i < shown.length && this.times[shown[i]] <= t; i += 2) is = shown[i + 1];
    return is === 1;
  }
  /// Holder of every ground at an instant, whoever is shown.
  #heldAt(theme, t) {
    const { grounds } = this.data.themes[theme];
    const of = grounds.map((spans) => {
      let low = 0;
      let high = spans.length / 2;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (this.times[spans[2 * middle]] <= t) low = middle + 1;
        else high = middle;
      }
      return low === 0 ? UNKNOWN : spans[2 * low - 1];
    });
    return Uint32Array.from(this.geometries, (g) => of[g.properties[theme]]);
  }
  /// By holder, whether it is shown at an instant.
  #shownAt(theme, t) {
    return this.data.themes[theme].holders.map((_, holder) => this.isShown(theme, holder, t));
  }
  /// Holder of every ground at an instant; UNKNOWN where it is not shown.
  holdersAt(theme, t) {
    const isShown = this.#shownAt(theme, t);
    return this.#heldAt(theme, t).map((holder) => (isShown[holder] ? holder : UNKNOWN));
  }

  actorName(actor) {
    const { name, names, main_name: main } = this.data.actors[actor];
    if (this.language === "") return main ?? name;
    return names?.[this.language] ?? main ?? name;
  }
  holderName(theme, holder) {
    if (holder === UNKNOWN) return "unknown";
    return this.data.themes[theme].holders[holder].actors.map((a) => this.actorName(a)).join(" / ");
  }
  holder(theme, holder) {
    return this.data.themes[theme].holders[holder];
  }
  isContested(theme, holder) {
    return this.holder(theme, holder).actors.length > 1;
  }
  isNobody(theme, holder) {
    return this.holder(theme, holder).id === "nobody";
  }
  /// The language of a holder's name, where the page chose one; null where it is whatever the atlas wrote.
  languageOf(theme, holder) {
    const { language } = this;
    const { actors } = this.holder(theme, holder);
    return language !== "" && actors.length > 0 && actors.every((a) => this.data.actors[a].names?.[language] !== undefined) ? language : null;
  }
  /// Languages in which any name is given.
  languages() {
    return [...new Set(this.data.actors.flatMap((a) => Object.keys(a.names ?? {})))].sort();
  }

  /// Areas of the primary theme at an instant, as `timeline` has them: {holder, id, area, low, high}.
  figuresAt(t) {
    const i = lastNotAfter(this.figureTimes, t);
    const byId = new Map(this.data.themes[this.primary].holders.map((h, n) => [h.id, n]));
    if (i < 0) return [];
    return this.data.figures[i].rows.map(([id, area, low = null, high = null, dateLow = null, dateHigh = null]) =>
      ({ id, holder: byId.get(id), area, low, high, dateLow, dateHigh }));
  }
  /// Holders that ever have any ground, or may by dates in doubt, in the order of their greatest area; unknown last.
  holdersEver() {
    const greatest = new Map();
    for (const { rows } of this.data.figures)
      for (const [id, area, , , , dateHigh = 0] of rows) greatest.set(id, Math.max(area, dateHigh, greatest.get(id) ?? 0));
    return [...greatest].filter(([, area]) => area > 0).sort((a, b) => (a[0] === null) - (b[0] === null) || b[1] - a[1])
      .map(([id]) => id);
  }

  /// What passed between two instants: {before, after, passed: [{from, to, area}], parties: [{holder, gained, lost,
  /// held}]}. Of ground whose holder is shown at either, both holders are told, as `changes` does: who joins a group
  /// gains nothing by it.
  changes(from, to) {
    const before = this.#heldAt(this.primary, from);
    const after = this.#heldAt(this.primary, to);
    const [wasShown, isShown] = [from, to].map((t) => this.#shownAt(this.primary, t));
    for (let i = 0; i < this.count; ++i)
      if (!(before[i] !== UNKNOWN && wasShown[before[i]]) && !(after[i] !== UNKNOWN && isShown[after[i]])) before[i] = after[i] = UNKNOWN;
    const passed = new Map();
    const parties = new Map();
    const party = (holder) => {
      if (!parties.has(holder)) parties.set(holder, { holder, gained: 0, lost: 0, held: 0 });
      return parties.get(holder);
    };
    for (let i = 0; i < this.count; ++i) {
      const [a, b, area] = [before[i], after[i], this.areas[i]];
      if (a === b) {
        party(a).held += area;
        continue;
      }
      party(a).lost += area;
      party(b).gained += area;
      const key = a * 65536 + b;
      if (!passed.has(key)) passed.set(key, { from: a, to: b, area: 0 });
      passed.get(key).area += area;
    }
    return {
      before, after,
      passed: [...passed.values()].sort((x, y) => y.area - x.area),
      parties: [...parties.values()].filter((p) => p.holder !== UNKNOWN && (wasShown[p.holder] || isShown[p.holder]))
        .sort((x, y) => y.gained + y.lost - x.gained - x.lost || y.held - x.held),
    };
  }

  /// Places whose holder is another: {name, from, to}, of holders before and after.
  placesChanged({ before, after }) {
    this.groundsOfPlaces ??= this.data.places.map(({ lon, lat }) => this.shapes.groundAt([lon, lat]));
    return this.data.places.flatMap(({ name }, i) => {
      const ground = this.groundsOfPlaces[i];
      return ground < 0 || before[ground] === after[ground] ? [] : [{ name, from: before[ground], to: after[ground] }];
    });
  }

  /// Whether two holders that meet make a line of contact: both are known, one each, and no nobody.
  isContact(a, b) {
    const is = (h) => h !== UNKNOWN && !this.isContested(this.primary, h) && !this.isNobody(this.primary, h);
    return a !== b && is(a) && is(b);
  }
  /// Whether there ever can be one.
  hasContact() {
    const single = this.data.themes[this.primary].holders.filter((h) => h.actors.length === 1 && h.id !== "nobody");
    return single.length > 1;
  }
  /// Lines of contact: {first, second, length} in m, the longest first.
  contacts(holders) {
    const lines = new Map();
    for (let arc = 0; arc < this.left.length; ++arc) {
      if (this.left[arc] < 0 || this.right[arc] < 0) continue;
      const [a, b] = [holders[this.left[arc]], holders[this.right[arc]]];
      if (!this.isContact(a, b)) continue;
      const key = Math.min(a, b) * 65536 + Math.max(a, b);
      if (!lines.has(key)) lines.set(key, { first: Math.min(a, b), second: Math.max(a, b), length: 0 });
      lines.get(key).length += this.lengths[arc];
    }
    return [...lines.values()].sort((x, y) => y.length - x.length);
  }

  /// Who holds a ground, since when, until when, and what every statement about it came to. `possible`: the sets of
  /// actors who may hold it by dates in doubt; empty where none is. `lonlat`: the place that is asked about.
  explain(ground, theme, t, lonlat) {
    const { grounds, accounts, possible } = this.data.themes[theme];
    const { [theme]: number, statements = 0, point } = this.geometries[ground].properties;
    const spans = grounds[number];
    let at = 0;
    while (2 * (at + 1) < spans.length && this.times[spans[2 * (at + 1)]] <= t) ++at;
    const history = [];
    for (let i = 0; i < spans.length; i += 2) {
      history.push({
        holder: spans[i + 1], from: this.times[spans[i]],
        to: i + 2 < spans.length ? this.times[spans[i + 2]] : Infinity,
      });
    }
    const lastOf = (list) => {
      let found = [];
      for (let i = 0; i < list.length && this.times[list[i]] <= t; i += 2) found = list[i + 1];
      return found;
    };
    return {
      ...history[at], history, possible: lastOf(possible.find(([coverage]) => coverage === number)?.[1] ?? []),
      testimonies: this.testimonies.at(theme, statements, lastOf(accounts[number]), lonlat ?? point, t),
    };
  }
  regionsOf(ground) {
    return this.data.region_sets[this.geometries[ground].properties.regions].map((r) => this.data.regions[r]);
  }

  // ---- Geometry ----

  /// Every ground as a feature; `properties` tells what goes with it.
  groundFeatures(properties) {
    const { features } = feature(this.data.topology, this.data.topology.objects.ground);
    features.forEach((f, i) => { f.properties = properties(i); });
    return { type: "FeatureCollection", features };
  }
  /// The arc of a line; nothing for those on the antimeridian.
  arcOf(line) {
    return this.data.topology.arcs[line];
  }
  #coordinatesOf(line) {
    if (this.arcOf(line)) return this.shapes.lines(line).flatMap(offSeam);
    const [, , south, north] = this.data.seam[line - this.data.topology.arcs.length];
    return [[[180, south / 1e7], [180, north / 1e7]]];
  }
  /// Every line between grounds. Long ones, and those cut by the antimeridian, are several features with one id.
  lineFeatures(properties) {
    const features = [];
    for (let id = 0; id < this.left.length; ++id) {
      const its = properties(id);
      for (const coordinates of this.#coordinatesOf(id))
        features.push({ type: "Feature", id, properties: its, geometry: { type: "LineString", coordinates } });
    }
    return { type: "FeatureCollection", features };
  }
}
