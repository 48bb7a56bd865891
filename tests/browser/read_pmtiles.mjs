// node read_pmtiles.mjs FILE.pmtiles z/x/y...: header, metadata and tiles as npm's pmtiles reads them, as JSON.
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { createRequire } from "node:module";

const { PMTiles } = createRequire(process.env.MARCHLAND_NODE + "/")("pmtiles");
const [path, ...names] = process.argv.slice(2);
const file = await open(path);
const archive = new PMTiles({
  getKey: () => path,
  getBytes: async (offset, length) => {
    const data = new Uint8Array(length);
    const { bytesRead } = await file.read(data, 0, length, offset);
    return { data: data.buffer.slice(0, bytesRead) };
  },
});
const tiles = {};
for (const name of names) {
  const tile = await archive.getZxy(...name.split("/").map(Number));
  tiles[name] = tile ? createHash("sha256").update(new Uint8Array(tile.data)).digest("hex") : null;
}
console.log(JSON.stringify({ header: await archive.getHeader(), metadata: await archive.getMetadata(), tiles }));
await file.close();
