// node ask_model.mjs QUESTION.json: what the page's model of a map answers, without a browser.
//
// The question: {data: the map's document (map -o x.json), points: [[lon, lat, "date"], ...], ask}. Of each point what the
// model explains in every theme; and the value of `ask`, an expression of `model`. MARCHLAND_VIEWER_MODULES names the
// folder whose node_modules has what tools/viewer/package.json names.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

const modules = process.env.MARCHLAND_VIEWER_MODULES;
const { build } = createRequire(modules + "/")("esbuild");
const bundle = await build({
  entryPoints: [fileURLToPath(new URL("../../tools/viewer/src/model.js", import.meta.url))], bundle: true, format: "esm", write: false,
  nodePaths: [join(modules, "node_modules")], logLevel: "error",
});
const { Model } = await import("data:text/javascript;base64," + Buffer.from(bundle.outputFiles[0].contents).toString("base64"));
const question = JSON.parse(await readFile(process.argv[2], "utf8"));
const model = new Model(JSON.parse(await readFile(question.data, "utf8")));

const { features } = model.groundFeatures(() => ({}));
const isIn = (ring, [x, y]) => ring.reduce((is, [xi, yi], i) => {
  const [xj, yj] = ring[(i + ring.length - 1) % ring.length];
  return (yi > y) !== (yj > y) && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi ? !is : is;
}, false);
const groundAt = (point) => features.findIndex(({ geometry }) =>
  geometry.coordinates.some((polygon) => polygon.filter((ring) => isIn(ring, point)).length === 1 && isIn(polygon[0], point)));
const id = (actor) => model.data.actors[actor].id;
const name = (actors) => (actors.length === 0 ? null : actors.map(id).sort().join("+"));

const points = (question.points ?? []).map(([lon, lat, at]) => {
  const ground = groundAt([lon, lat]);
  if (ground < 0) return null;
  const t = model.parse(at);
  return Object.fromEntries(model.themes.map((theme) => {
    const { holder, possible, testimonies } = model.explain(ground, theme, t, [lon, lat]);
    return [theme, {
      actor: model.holder(theme, holder).id, possible: possible.map(name),
      rows: testimonies.flatMap(({ standing, statements }) => statements.map((s) => ({
        standing, statement: s.id, actor: id(s.actor), author: s.author ?? null, recorded: s.recorded ?? null, set_aside_by: s.set_aside_by ?? null,
      }))),
    }];
  }));
});
const asked = question.ask ? new Function("model", `return (${question.ask});`)(model) : null;
console.log(JSON.stringify({ points, asked }));
