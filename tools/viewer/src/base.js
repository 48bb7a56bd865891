// The neutral base map: coast, borders of countries that the atlas is not about, and a graticule.
//
// Natural Earth draws borders as they are de facto. Of ground that an atlas is about, the atlas alone speaks: no
// border of a country of which it has a noticeable part is drawn, nor of one in which a noticeable part of its ground lies.
import { feature, mesh } from "topojson-client";
import { continuous } from "./seam.js";
import worldText from "text:world-atlas/countries-50m.json";

/// Ground in a country, by area: less than this part of all of it, or of the country, is taken for a line drawn less
/// accurately.
const NOTICEABLE = { ofGround: 0.005, ofCountry: 0.02 };

/// In m2, on a sphere: to tell large from small.
function roughArea(polygons) {
  const radians = Math.PI / 180;
  const ringArea = (ring) => Math.abs(ring.reduce((sum, [x, y], i) => {
    const [bx, by] = ring[(i + 1) % ring.length];
    return sum + (bx - x) * radians * (Math.sin(y * radians) + Math.sin(by * radians)) / 2;
  }, 0)) * 6371007 ** 2;
  return polygons.reduce((sum, [shell, ...holes]) => sum + ringArea(shell) - holes.reduce((of, hole) => of + ringArea(hole), 0), 0);
}

function ringContains(ring, [x, y]) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [[xi, yi], [xj, yj]] = [ring[i], ring[j]];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}
const contains = (polygons, [x, y]) => [x, x + 360, x - 360].some((turned) =>
  polygons.some(([shell, ...holes]) => ringContains(shell, [turned, y]) && !holes.some((hole) => ringContains(hole, [turned, y]))));

const polygonsOf = (geometry) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates);

/// {land, coast, borders}, without steps over 180 degrees of longitude, for ground at these points, with these areas.
export function baseFeatures(points, areas) {
  const world = JSON.parse(worldText);
  const { countries, land } = world.objects;
  const total = areas.reduce((sum, area) => sum + Math.max(area, 0), 0);
  const boxes = countries.geometries.map((country) => {
    const polygons = polygonsOf(continuous(feature(world, country).geometry));
    let [west, south, east, north] = [180, 90, -180, -90];
    for (const [shell] of polygons) {
      for (const [x, y] of shell) {
        [west, east] = [Math.min(west, x), Math.max(east, x)];
        [south, north] = [Math.min(south, y), Math.max(north, y)];
      }
    }
    return { country, polygons, box: [west, south, east, north], area: 0 };
  });
  points.forEach((point, i) => {
    if (!point) return;
    const [x, y] = point;
    const home = boxes.find(({ box: [w, s, e, n], polygons }) => (e > 180 || w < -180 || (x >= w && x <= e)) && y >= s && y <= n && contains(polygons, point));
    if (home) home.area += Math.max(areas[i], 0);
  });
  const isConcerned = ({ area, polygons }) => area > 0 &&
    (area > NOTICEABLE.ofGround * total || area > NOTICEABLE.ofCountry * roughArea(polygons));
  const concerned = new Set(boxes.filter(isConcerned).map((b) => b.country));
  const asFeature = (geometry) => ({ type: "Feature", properties: {}, geometry: continuous(geometry) });
  return {
    land: asFeature({ type: "MultiPolygon", coordinates: feature(world, land).features.flatMap((f) => polygonsOf(f.geometry)) }),
    coast: asFeature(mesh(world, countries, (a, b) => a === b)),
    borders: asFeature(mesh(world, countries, (a, b) => a !== b && !concerned.has(a) && !concerned.has(b))),
  };
}

/// Meridians and parallels within a box that is wider than what is looked at.
export function graticule([west, south, east, north]) {
  const span = Math.max(east - west, north - south);
  const step = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30].find((s) => span / s <= 12) ?? 30;
  const features = [];
  const clamp = (value, most) => Math.max(-most, Math.min(most, value));
  // What lies beyond 180 degrees is drawn on the other side; no meridian twice.
  const [w, e] = span >= 72 ? [-180, 180 - step] : [west - 2 * span, east + 2 * span];
  const [s, n] = [clamp(south - 2 * span, 85), clamp(north + 2 * span, 85)];
  const line = (coordinates) => features.push({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates } });
  for (let x = Math.ceil(w / step) * step; x <= e; x += step) line([[x, s], [x, n]]);
  for (let y = Math.ceil(s / step) * step; y <= n; y += step) line([[w, y], [span >= 72 ? 180 : e, y]]);
  return { type: "FeatureCollection", features };
}
