// node draw_tiles.mjs QUESTION.json: draws tiles with MapLibre in Chromium, and says what was drawn.
//
// The question: {archive | folder, zooms | port, layer, center: [lon, lat], zoom, days: [...], points: [[lon, lat], ...],
// line, picture}. With a port the folder is read by its metadata.json, as the url of a source; with a line layer its lines
// are drawn in black above the ground, and `first` and `second` of those at each point are told.
// The answer, for each day: actors of the features drawn and, at each point, the colour of the picture and the actor.
// Nothing is concluded from the map being idle: it is so too where no tile could be read.
import { createServer } from "node:http";
import { open, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { extname, join } from "node:path";

const modules = process.env.MARCHLAND_NODE;
const { chromium } = createRequire(modules + "/")("playwright-core");
const question = JSON.parse(await readFile(process.argv[2], "utf8"));
const types = { ".mjs": "text/javascript", ".js": "text/javascript", ".css": "text/css", ".json": "application/json" };

// A server of files, with ranges, as any host of an archive is one.
const server = createServer(async (request, response) => {
  const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
  try {
    if (path === "/") {
      response.writeHead(200, { "Content-Type": "text/html" });
      return response.end(page());
    }
    if (path === "/tiles.pmtiles") {
      const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.range);
      const file = await open(question.archive);
      const bytes = Buffer.alloc(to - from + 1);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, Number(from));
      const { size } = await file.stat();
      await file.close();
      response.writeHead(206, { "Content-Range": `bytes ${from}-${Number(from) + bytesRead - 1}/${size}` });
      return response.end(bytes.subarray(0, bytesRead));
    }
    const name = path.startsWith("/tiles/") ? join(question.folder, path.slice(7)) : join(modules, path);
    const bytes = await readFile(name);
    response.writeHead(200, { "Content-Type": types[extname(name)] ?? "application/octet-stream" });
    return response.end(bytes);
  } catch {
    response.writeHead(404);
    return response.end();
  }
});
await new Promise((ready) => server.listen(question.port ?? 0, "127.0.0.1", ready));
const address = `http://127.0.0.1:${server.address().port}`;

function page() {
  return `<!doctype html><link rel="stylesheet" href="/node_modules/maplibre-gl/dist/maplibre-gl.css">
<body style="margin:0"><div id="map" style="width:640px;height:480px"></div>
<script src="/node_modules/pmtiles/dist/pmtiles.js"></script>
<script type="module">
import * as maplibre from "/node_modules/maplibre-gl/dist/maplibre-gl.mjs";
const question = ${JSON.stringify(question)};
maplibre.addProtocol("pmtiles", new pmtiles.Protocol({ metadata: true }).tile);
const source = question.archive
  ? { type: "vector", url: "pmtiles://${address}/tiles.pmtiles" }
  : question.port ? { type: "vector", url: "${address}/tiles/metadata.json" }
  : { type: "vector", tiles: ["${address}/tiles/{z}/{x}/{y}.mvt"], minzoom: question.zooms[0], maxzoom: question.zooms[1] };
// What a slider of time sets: ground held on the day.
window.at = (day) => ["all", ["<=", ["get", "t0"], day], [">", ["get", "t1"], day]];
window.map = new maplibre.Map({
  container: "map", center: question.center, zoom: question.zoom, fadeDuration: 0, attributionControl: { compact: false },
  canvasContextAttributes: { preserveDrawingBuffer: true },
  style: { version: 8, sources: { tiles: source }, layers: [
    { id: "ground", type: "background", paint: { "background-color": "#ffffff" } },
    { id: "fill", type: "fill", source: "tiles", "source-layer": question.layer, filter: at(question.days[0]),
      paint: { "fill-color": ["get", "color"] } },
    ...(question.line ? [{ id: "line", type: "line", source: "tiles", "source-layer": question.line,
      filter: at(question.days[0]), paint: { "line-color": "#000000", "line-width": 5 } }] : []) ] },
});
// A map that is idle already says so again after a frame.
window.settled = () => new Promise((done) => { map.once("idle", done); map.triggerRepaint(); });
</script>`;
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true });
try {
  const tab = await browser.newPage({ viewport: { width: 640, height: 480 } });
  const problems = [];
  tab.on("pageerror", (error) => problems.push(String(error)));
  await tab.goto(address);
  await tab.waitForFunction(() => window.map !== undefined);
  await tab.evaluate(() => window.settled());
  const days = [];
  for (const day of question.days) {
    days.push(await tab.evaluate(async ({ day, points }) => {
      map.setFilter("fill", at(day));
      if (map.getLayer("line")) map.setFilter("line", at(day));
      await settled();
      const canvas = document.createElement("canvas");
      const from = map.getCanvas();
      [canvas.width, canvas.height] = [from.width, from.height];
      const picture = canvas.getContext("2d");
      picture.drawImage(from, 0, 0);
      const actors = new Set(map.queryRenderedFeatures({ layers: ["fill"] }).map((f) => f.properties.actor));
      const lines = ([x, y]) => !map.getLayer("line") ? [] : map.queryRenderedFeatures([x, y], { layers: ["line"] })
        .map((f) => [f.properties.first, f.properties.second, f.properties.t0, f.properties.t1]);
      return {
        day, actors: [...actors].sort(),
        points: points.map((lonlat) => {
          const { x, y } = map.project(lonlat);
          const scale = from.width / from.clientWidth;
          const color = picture.getImageData(Math.round(x * scale), Math.round(y * scale), 1, 1).data.slice(0, 3);
          const here = map.queryRenderedFeatures([x, y], { layers: ["fill"] });
          return { color: "#" + [...color].map((c) => c.toString(16).padStart(2, "0")).join(""),
                   actors: [...new Set(here.map((f) => f.properties.actor))], lines: lines([x, y]) };
        }),
      };
    }, { day, points: question.points }));
    if (question.picture) await tab.screenshot({ path: question.picture.replace("DAY", day) });
  }
  const attribution = await tab.evaluate(() => document.querySelector(".maplibregl-ctrl-attrib-inner")?.textContent ?? "");
  console.log(JSON.stringify({ days, problems, attribution }));
} finally {
  await browser.close();
  server.close();
}
