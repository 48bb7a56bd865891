// Ground and lines with fewer vertices, for zooms at which those left out fall into a pixel with others. The document
// says of each arc which stay, so the two sides of a line still have the same.
import { feature } from "topojson-client";
import { offSeam } from "./seam.js";

function coarseFeatures(topology, kept, grounds, lines) {
  const arcs = topology.arcs.map((steps, i) => {
    let [x, y] = [0, 0];
    const points = steps.map(([dx, dy]) => [(x += dx) / 1e7, (y += dy) / 1e7]);
    let at = 0;
    return [points[0], ...kept[i].map((step) => points[(at += step)]), points.at(-1)];
  });
  const { features } = feature({ type: "Topology", arcs, objects: topology.objects }, topology.objects.ground);
  features.forEach((f, i) => { f.properties = grounds.features[i].properties; });
  // A line may be several features.
  const once = [...new Map(lines.features.map((f) => [f.id, f])).values()];
  return {
    grounds: { type: "FeatureCollection", features },
    lines: { type: "FeatureCollection", features: once.flatMap((f) => (f.id >= arcs.length ? [f]
      : offSeam(arcs[f.id]).map((coordinates) => ({ ...f, geometry: { type: "LineString", coordinates } })))) },
  };
}

/// Features for every zoom: those given, which have all vertices, and coarse ones with their ids and properties.
export class Levels {
  constructor({ coarse, topology }, grounds, lines) {
    this.levels = [...coarse.map(({ below_zoom: belowZoom, kept }) => {
      let made;
      return { belowZoom, get features() { return (made ??= coarseFeatures(topology, kept, grounds, lines)); } };
    }), { belowZoom: Infinity, features: { grounds, lines } }];
  }
  /// Index of the level for a zoom, where `now` is shown: a zoom that wavers about a bound changes nothing.
  at(zoom, now = -1) {
    return this.levels.findIndex(({ belowZoom }, i) => zoom < belowZoom - (i < now ? 0.5 : 0));
  }
  featuresOf(level) {
    return this.levels[level].features;
  }
}
