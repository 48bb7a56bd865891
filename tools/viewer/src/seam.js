// The antimeridian: rings and lines of degrees that run over it, made continuous; and the box of ground about it.

/// The same course with no step over 180 degrees, so that longitudes may leave [-180, 180].
function unrolled(positions) {
  let turns = 0;
  return positions.map(([x, y], i) => {
    if (i > 0) {
      const step = x - positions[i - 1][0];
      if (step > 180) turns -= 360;
      else if (step < -180) turns += 360;
    }
    return [x + turns, y];
  });
}

/// A ring that goes round a pole ends a turn beside its beginning; it is closed along that pole.
function unrolledRing(ring) {
  const out = unrolled(ring);
  const [first, last] = [out[0], out.at(-1)];
  if (Math.abs(last[0] - first[0]) < 180) return out;
  const pole = ring.reduce((sum, [, y]) => sum + y, 0) < 0 ? -90 : 90;
  return [...out, [last[0], pole], [(first[0] + last[0]) / 2, pole], [first[0], pole], [...first]];
}

/// Of a line in degrees, the stretches that do not run along the antimeridian: it is drawn where grounds meet across it.
export function offSeam(line) {
  const out = [];
  let run = [line[0]];
  for (let i = 1; i < line.length; ++i) {
    const isSeam = Math.abs(line[i][0]) === 180 && line[i][0] === line[i - 1][0];
    if (!isSeam) run.push(line[i]);
    if (!isSeam && i + 1 < line.length) continue;
    if (run.length > 1) out.push(run);
    run = [line[i]];
  }
  return out;
}

/// A geometry of GeoJSON in which no step is over 180 degrees. Map libraries draw what lies beyond 180 degrees on the
/// other side.
export function continuous(geometry) {
  const of = {
    LineString: unrolled, MultiLineString: (lines) => lines.map(unrolled),
    Polygon: (rings) => rings.map(unrolledRing), MultiPolygon: (polygons) => polygons.map((rings) => rings.map(unrolledRing)),
  };
  return { ...geometry, coordinates: of[geometry.type](geometry.coordinates) };
}

/// [west, east] of stretches of longitude, [[west, east], ...]. East is over 180 where they lie about the antimeridian
/// and are less than half of the world; what reaches round more of it is shown as maps of the world are.
export function longitudesOf(stretches) {
  const sorted = stretches.toSorted((a, b) => a[0] - b[0]);
  if (sorted.length === 0) return [-180, 180];
  const [west] = sorted[0];
  let reach = sorted[0][1];
  let widest = null;
  for (const [from, to] of sorted) {
    if (from > reach && (widest === null || from - reach > widest.to - widest.from)) widest = { from: reach, to: from };
    reach = Math.max(reach, to);
  }
  const gap = widest === null ? 0 : widest.to - widest.from;
  return gap > 180 && gap > west + 360 - reach ? [widest.to, widest.from + 360] : [west, reach];
}
