// node bundle.mjs MODULES OUT.html: one page of the viewer's sources and everything they need.
//
// The page holds MapLibre's worker as text, which it starts from a blob, for a page opened from a disk cannot load
// another file. Its only script is named by its hash in the page's policy, so nothing that an atlas says can run.
// The places of title and data stay in it: `marchland map` fills them.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const [modules, out] = process.argv.slice(2).map((path) => resolve(path));
const here = dirname(fileURLToPath(import.meta.url));
const { build } = createRequire(modules + "/")("esbuild");

/// Files that are used as text: `import text from "text:maplibre-gl/dist/maplibre-gl-worker.mjs"`.
const asText = {
  name: "text",
  setup(build) {
    build.onResolve({ filter: /^text:/ }, ({ path }) => ({ path: path.slice(5), namespace: "text" }));
    build.onLoad({ filter: /.*/, namespace: "text" }, ({ path }) => ({
      // Without its source map, which is not here.
      contents: readFileSync(join(modules, "node_modules", path), "utf8").replace(/\n\/\/# sourceMappingURL=.*/, ""), loader: "text",
    }));
  },
};
const result = await build({
  entryPoints: [join(here, "src/main.js")], bundle: true, minify: true, format: "iife", target: "es2022", write: false,
  nodePaths: [join(modules, "node_modules")], plugins: [asText], legalComments: "none", charset: "utf8", metafile: true,
});
const styles = await build({
  stdin: { contents: '@import "maplibre-gl/dist/maplibre-gl.css"; @import "./src/style.css";', resolveDir: here, loader: "css" },
  bundle: true, minify: true, write: false, nodePaths: [join(modules, "node_modules")],
  loader: { ".svg": "dataurl", ".png": "dataurl" }, charset: "utf8",
});

/// The licence of every package of which the page has a part. MapLibre's file is made of those it depends on.
function licences() {
  const used = new Set(["maplibre-gl", "world-atlas"]);
  for (const input of Object.keys(result.metafile.inputs)) {
    const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) used.add(found[1]);
  }
  const folder = (name) => join(modules, "node_modules", name);
  const packageOf = (name) => JSON.parse(readFileSync(join(folder(name), "package.json"), "utf8"));
  for (const name of used) {
    for (const needed of Object.keys(packageOf(name).dependencies ?? {})) {
      if (!needed.startsWith("@types/") && needed !== "commander" && existsSync(folder(needed))) used.add(needed);
    }
  }
  return [...used].sort().map((name) => {
    const about = packageOf(name);
    const file = readdirSync(folder(name)).find((each) => /^licen[cs]e/i.test(each));
    const text = file ? readFileSync(join(folder(name), file), "utf8").trim() : `Licence: ${about.license}`;
    return `${name} ${about.version} (${about.license})\n\n${text}\n`;
  }).join("\n" + "-".repeat(72) + "\n\n") + "\n" + "-".repeat(72) + `

Coast and borders of the base map: Natural Earth, 1:50 million, public domain, as in world-atlas.\n`;
}

const safe = (text, element) => text.replaceAll(`</${element}`, `<\\/${element}`);
const script = safe(result.outputFiles[0].text, "script").replaceAll("<!--", "<\\!--");
const style = styles.outputFiles[0].text;
const hash = (text) => `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
const policy = ["default-src 'none'", `script-src ${hash(script)}`, `style-src ${hash(style)}`, "style-src-attr 'unsafe-inline'",
  "worker-src blob: data:", "img-src data: blob:", "connect-src blob: data:", "base-uri 'none'", "form-action 'none'"].join("; ");
const parts = {
  POLICY: policy, STYLE: style, SCRIPT: script,
  LICENCES: licences().replaceAll("&", "&amp;").replaceAll("<", "&lt;"),
};
const page = readFileSync(join(here, "src/index.html"), "utf8").replace(/@(POLICY|STYLE|SCRIPT|LICENCES)@/g, (_, name) => parts[name]);
for (const place of ["@TITLE@", "@DATA@"]) {
  if (page.split(place).length !== 2) throw new Error(`the page must have ${place} once`);
}
writeFileSync(out + ".tmp", page);
renameSync(out + ".tmp", out);
