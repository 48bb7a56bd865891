// Ground and lines with fewer vertices, for zooms at which those left out fall into a pixel with others. The document
// says of each arc which stay, so the two sides of a line still have the same.
import { feature } from "topojson-client";

/// Null where the document has none. `grounds` and `lines` are features with all vertices, of which the coarse ones
/// have ids and properties.
export function coarseFeatures({ data: { coarse, topology } }, grounds, lines) {
  if (!coarse) return null;
  const arcs = topology.arcs.map((steps, i) => {
    let [x, y] = [0, 0];
    const points = steps.map(([dx, dy]) => [(x += dx) / 1e7, (y += dy) / 1e7]);
    let at = 0;
    return [points[0], ...coarse.kept[i].map((step) => points[(at += step)]), points.at(-1)];
  });
  const thinned = { type: "Topology", arcs, objects: topology.objects };
  const { features } = feature(thinned, topology.objects.ground);
  features.forEach((f, i) => { f.properties = grounds.features[i].properties; });
  // A line of many vertices may be several features.
  const once = [...new Map(lines.features.map((f) => [f.id, f])).values()];
  return {
    belowZoom: coarse.below_zoom, grounds: { type: "FeatureCollection", features },
    lines: { type: "FeatureCollection", features: once.map((f) => (
      f.id < arcs.length ? { ...f, geometry: { type: "LineString", coordinates: arcs[f.id] } } : f)) },
  };
}

/// Whether coarse lines do at a zoom. `isNow`: they are there; a zoom that wavers about the bound changes nothing.
export const isCoarseAt = (coarse, zoom, isNow) => coarse !== null && zoom < coarse.belowZoom - (isNow ? 0 : 0.5);
