// node read_web.mjs FORMAT FILE...: an exported file as a package of npm reads it, as JSON.
//   flatgeobuf FILE             features as GeoJSON
//   hyparquet FILE              rows, the key-value metadata and the number of row groups
//   topojson FILE               features of every object as GeoJSON; their areas on the sphere by d3-geo
//   ohm FILE DATE...            the actors that @openhistoricalmap/maplibre-gl-dates shows of a GeoJSON file at each date
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(process.env.MARCHLAND_NODE + "/");
const load = async (name) => import(pathToFileURL(require.resolve(name)));
const [format, path, ...rest] = process.argv.slice(2);

const readers = {
  async flatgeobuf() {
    const { deserialize } = await import(
      pathToFileURL(process.env.MARCHLAND_NODE + "/node_modules/flatgeobuf/lib/mjs/geojson.js"));
    const features = [];
    for await (const feature of deserialize(new Uint8Array(readFileSync(path)))) features.push(feature);
    return { features };
  },
  async hyparquet() {
    const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await import(
      pathToFileURL(process.env.MARCHLAND_NODE + "/node_modules/hyparquet/src/node.js"));
    const { compressors } = await load("hyparquet-compressors");
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    return {
      rows: await parquetReadObjects({ file, metadata, compressors }),
      metadata: Object.fromEntries(metadata.key_value_metadata.map(({ key, value }) => [key, JSON.parse(value)])),
      groups: metadata.row_groups.length,
    };
  },
  async topojson() {
    const { feature } = require("topojson-client");
    const { geoArea } = await load("d3-geo");
    const topology = JSON.parse(readFileSync(path, "utf8"));
    return {
      arcs: topology.arcs.length,
      objects: Object.fromEntries(Object.entries(topology.objects).map(([name, object]) => {
        const { features } = feature(topology, object);
        return [name, features.map((f) => ({ ...f, steradians: geoArea(f) }))];
      })),
    };
  },
  async ohm() {
    const dates = require("@openhistoricalmap/maplibre-gl-dates");
    const { featureFilter } = await load("@maplibre/maplibre-gl-style-spec");
    const { features } = JSON.parse(readFileSync(path, "utf8"));
    const shown = rest.map((date) => {
      const filter = dates.constrainFilterByDateRange(undefined, dates.dateRangeFromISODate(date));
      const { filter: shows } = featureFilter(filter, "layers[0].filter");
      return features
        .map(({ properties }) => Object.fromEntries(Object.entries(properties).filter(([, v]) => v !== null)))
        .filter((properties) => shows({ zoom: 0 }, { type: 3, properties }))
        .map(({ actor, t0 }) => [actor, t0]);
    });
    return { shown, decimal: rest.map((date) => dates.dateRangeFromISODate(date).startDecimalYear) };
  },
};
const replacer = (key, value) =>
  typeof value === "bigint" ? Number(value) : value instanceof Date ? value.toISOString() : value;
console.log(JSON.stringify(await readers[format](), replacer));
