// What every statement about some ground came to at an instant, as `marchland why` tells it: those that hold, those
// that may by dates in doubt, and those that count no longer.

/// Places in the document's `standings`.
const [PAINTED_OVER, NOT_ASKED, MAY_HOLD] = [1, 4, 5];

const holds = ({ from, to }, t) => (from ?? -Infinity) <= t && t < (to ?? Infinity);

/// Whether the area of a statement that was set aside covers a place: grid steps, polygons of a first ring and others
/// that are left out, each of closed lines. A place on a line lies just south of it.
function covers(area, [lon, lat]) {
  const [x, y] = [Math.round(lon * 1e7), Math.round(lat * 1e7)];
  const windsAbout = (lines) => {
    let winding = 0;
    for (const line of lines) {
      let [bx, by] = [-x, -y];
      line.forEach(([dx, dy], i) => {
        const [ax, ay] = [bx, by];
        [bx, by] = [ax + dx, ay + dy];
        if (i === 0 || ay >= 0 === by >= 0) return;
        const side = ax * by - ay * bx;
        if (by >= 0 && side > 0) ++winding;
        if (ay >= 0 && side < 0) --winding;
      });
    }
    return winding !== 0;
  };
  return area.some((rings) => rings.length > 0 && rings.every((lines, i) => windsAbout(lines) === (i === 0)));
}

export class Testimonies {
  /// `times` are those of the document, open ends as infinities.
  constructor(data, times) {
    this.data = data;
    this.times = times;
    this.ofTheme = Object.fromEntries(Object.keys(data.themes).map((theme) => [theme, []]));
    data.statements.forEach((statement, i) => this.ofTheme[data.layers[statement.layer].theme]?.push(i));
    this.sets = data.statement_sets.map((list) => new Set(list));
  }

  /// Of ground that the statements of a set cover, and `rows` of its account at the instant `t`: {layer, actor,
  /// standing, statements, source}, those that decide first, what counts no longer last.
  at(theme, set, rows, lonlat, t) {
    const { data, times } = this;
    const listed = this.sets[set];
    const runs = new Map();
    for (const row of rows) {
      const key = row[0] * 65536 + row[1];
      runs.set(key, [...(runs.get(key) ?? []), row]);
    }
    const found = new Map();
    const tell = (statement, standing) => {
      const { layer, actor } = statement;
      const key = `${standing} ${layer} ${actor}`;
      if (!found.has(key)) {
        const about = data.layers[layer];
        found.set(key, { layer: about, actor, standing, statements: [], source: data.sources[about.source] });
      }
      found.get(key).statements.push(statement);
    };
    for (const i of this.ofTheme[theme]) {
      const statement = data.statements[i];
      if (statement.is_listed && !listed.has(i)) continue;
      const layer = data.layers[statement.layer];
      const standing = (number) => data.standings[layer.is_asked === false ? NOT_ASKED : number];
      if (!holds(statement, t)) {
        const [from, to] = statement.possible ?? [];
        if (statement.is_listed && statement.possible && holds({ from, to }, t)) tell(statement, standing(MAY_HOLD));
        continue;
      }
      const its = runs.get(statement.layer * 65536 + statement.actor) ?? [];
      const isEvent = layer.mode === "event";
      // Each event has a run of its own, unless a later one of the same actor took it over.
      const run = isEvent
        ? its.find(([, , , since, seq = 0]) => seq === (statement.seq ?? 0) && times[since] === (statement.from ?? -Infinity)) : its[0];
      if (run) tell(statement, data.standings[run[2]]);
      else if (isEvent && statement.is_listed) tell(statement, standing(PAINTED_OVER));
    }
    const order = (each) => data.standings.indexOf(each.standing);
    const counted = [...found.values()].sort((a, b) => order(a) - order(b));
    found.clear();
    for (const statement of data.set_aside) {
      if (data.layers[statement.layer].theme === theme && holds(statement, t) && lonlat && covers(statement.area, lonlat))
        tell(statement, statement.standing);
    }
    return [...counted, ...found.values()];
  }
}
