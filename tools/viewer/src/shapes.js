// Ground as shapes, from the arcs that neighbours share. Coordinates are whole grid units until they leave.
import { longitudesOf } from "./seam.js";

/// A line of more vertices than a buffer of the map library holds (65 535, several for each vertex) is drawn as
/// rubbish.
const MOST_VERTICES = 4000;

function cross([ax, ay], [bx, by]) {
  const product = BigInt(ax) * BigInt(by) - BigInt(ay) * BigInt(bx);
  return product > 0n ? 1 : product < 0n ? -1 : 0;
}

/// Twice the area, positive where the ring runs counter-clockwise.
function signedArea(ring) {
  const [[x0, y0]] = ring;
  let sum = 0;
  for (let i = 1; i < ring.length; ++i)
    sum += (ring[i - 1][0] - x0) * (ring[i][1] - y0) - (ring[i][0] - x0) * (ring[i - 1][1] - y0);
  return sum;
}

/// Whether a point that lies on no edge is inside.
function ringContains(ring, [x, y]) {
  let inside = false;
  for (let i = 1; i < ring.length; ++i) {
    const [ax, ay, bx, by] = [ring[i - 1][0] - x, ring[i - 1][1] - y, ring[i][0] - x, ring[i][1] - y];
    if (ay > 0 !== by > 0 && (ax * by - ay * bx > 0) === by > ay) inside = !inside;
  }
  return inside;
}

function boxOf(ring) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of ring) {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box;
}

export class Shapes {
  /// `left` and `right` of every arc: the ground there, -1 for none.
  constructor(topology, left, right) {
    this.left = left;
    this.right = right;
    this.units = Math.round(1 / topology.transform.scale[0]);
    this.arcs = topology.arcs.map((steps) => {
      let [x, y] = [0, 0];
      return steps.map(([dx, dy]) => [(x += dx), (y += dy)]);
    });
    this.boxes = this.arcs.map(boxOf);
    const numbers = new Map();
    const node = ([x, y]) => {
      const key = `${x},${y}`;
      if (!numbers.has(key)) numbers.set(key, numbers.size);
      return numbers.get(key);
    };
    this.ends = this.arcs.map((arc) => [node(arc[0]), node(arc.at(-1))]);
  }

  #degrees = ([x, y]) => [x / this.units, y / this.units];

  /// [west, south, east, north] in degrees; east is over 180 where ground lies about the antimeridian.
  bounds() {
    const [west, east] = longitudesOf(this.boxes.map(([w, , e]) => [w / this.units, e / this.units]));
    const [south, north] = this.boxes.reduce(([s, n], box) => [Math.min(s, box[1]), Math.max(n, box[3])], [Infinity, -Infinity]);
    return [west, south / this.units, east, north / this.units];
  }

  /// The ground at a place; -1 where there is none. The nearest line to the east has it on its western side. A place on
  /// a line lies just south of it, on a meridian just west, as everywhere else.
  groundAt([lon, lat]) {
    const x = Math.round(lon * this.units);
    const y = Math.round(lat * this.units) - 0.5; // no vertex lies there
    let nearest = Infinity;
    let ground = -1;
    this.arcs.forEach((arc, i) => {
      const [, south, east, north] = this.boxes[i];
      if (y < south || y > north || east < x) return;
      for (let k = 1; k < arc.length; ++k) {
        const [[ax, ay], [bx, by]] = [arc[k - 1], arc[k]];
        if (ay > y === by > y) continue;
        const at = ax + ((y - ay) / (by - ay)) * (bx - ax);
        if (at < x || at >= nearest) continue;
        nearest = at;
        ground = by > ay ? this.left[i] : this.right[i];
      }
    });
    return ground;
  }

  /// One arc as coordinates of lines, none too long to be drawn.
  lines(arc) {
    const points = this.arcs[arc].map(this.#degrees);
    const out = [];
    for (let i = 0; i < points.length - 1; i += MOST_VERTICES - 1) out.push(points.slice(i, i + MOST_VERTICES));
    return out;
  }

  /// Some grounds as one MultiPolygon: lines between them are gone. Valid as OGC's simple features are: rings touch
  /// in points at most, none visits a point twice, every interior is connected; shells run counter-clockwise.
  merged(grounds) {
    const rings = this.#ringsAround(new Set(grounds)).map((refs) => this.#points(refs));
    const shells = [];
    const holes = [];
    for (const ring of rings) {
      const area = signedArea(ring);
      (area > 0 ? shells : holes).push({ ring, area: Math.abs(area), box: boxOf(ring), holes: [] });
    }
    for (const hole of holes) {
      // Edges touch no other ring but at their ends.
      const [[ax, ay], [bx, by]] = hole.ring;
      const middle = [(ax + bx) / 2, (ay + by) / 2];
      let home = null;
      for (const shell of shells) {
        const [w, s, e, n] = shell.box;
        const [hw, hs, he, hn] = hole.box;
        if (hw < w || hs < s || he > e || hn > n || (home && shell.area > home.area)) continue;
        if (ringContains(shell.ring, middle)) home = shell;
      }
      home?.holes.push(hole.ring);
    }
    return { type: "MultiPolygon", coordinates: shells.map(({ ring, holes: its }) => [ring, ...its].map((each) => each.map(this.#degrees))) };
  }

  /// Closed lists of directed arcs with the grounds on their left, none of which meets a node twice.
  #ringsAround(chosen) {
    const outs = new Map();
    const from = (ref) => this.ends[ref < 0 ? ~ref : ref][ref < 0 ? 1 : 0];
    const to = (ref) => this.ends[ref < 0 ? ~ref : ref][ref < 0 ? 0 : 1];
    const refs = [];
    for (let arc = 0; arc < this.arcs.length; ++arc) {
      const [isLeft, isRight] = [chosen.has(this.left[arc]), chosen.has(this.right[arc])];
      if (isLeft !== isRight) refs.push(isLeft ? arc : ~arc);
    }
    for (const ref of refs) {
      if (!outs.has(from(ref))) outs.set(from(ref), []);
      outs.get(from(ref)).push(ref);
    }
    const used = new Set();
    const rings = [];
    for (const first of refs) {
      if (used.has(first)) continue;
      // The walk round one connected piece; a loop that closes within it is a ring of its own.
      const walk = [];
      const places = new Map();
      for (let ref = first; ref !== undefined && !used.has(ref);) {
        used.add(ref);
        places.set(from(ref), walk.length);
        walk.push(ref);
        const node = to(ref);
        if (places.has(node)) {
          const ring = walk.splice(places.get(node));
          for (const each of ring) places.delete(from(each));
          rings.push(ring);
        }
        ref = this.#next(ref, outs.get(node));
      }
    }
    return rings;
  }

  /// Of what leaves a node, the next with the same piece of ground on its left: the first clockwise from where it
  /// came.
  #next(ref, candidates) {
    if (candidates.length === 1) return candidates[0];
    const away = (each) => {
      const arc = this.arcs[each < 0 ? ~each : each];
      const [a, b] = each < 0 ? [arc.at(-1), arc.at(-2)] : [arc[0], arc[1]];
      return [b[0] - a[0], b[1] - a[1]];
    };
    const back = away(~ref);
    const half = (direction) => 1 + cross(back, direction);
    return candidates.toSorted((a, b) => half(away(a)) - half(away(b)) || cross(away(a), away(b)))[0];
  }

  #points(refs) {
    const out = [];
    for (const ref of refs) {
      const arc = this.arcs[ref < 0 ? ~ref : ref];
      const points = ref < 0 ? arc.toReversed() : arc;
      for (let i = out.length === 0 ? 0 : 1; i < points.length; ++i) out.push(points[i]);
    }
    return out;
  }
}
