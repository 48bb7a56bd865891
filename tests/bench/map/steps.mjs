// node steps.mjs PAGE.html [STEPS]: how long a page of the map takes to open, and each step of its slider.
//
// Opening: from the request of the page until ground of the last date is on the screen. A step: from setting the date
// until the frame that shows it has left the drawing commands (one pixel is read back, so that they are all done).
// Beside the clock, which counts what else the machine does, the processor time of all of Chromium's processes.
import { createRequire } from "node:module";
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

const modules = process.env.MARCHLAND_BROWSER ?? new URL("../../../build/cache/browser", import.meta.url).pathname;
const { chromium } = createRequire(modules + "/")("playwright-core");
const [page, steps = "100"] = process.argv.slice(2);
const sorted = (values) => [...values].sort((a, b) => a - b);
const summary = (values) => {
  const all = sorted(values);
  const at = (part) => Math.round(all[Math.min(all.length - 1, Math.floor(part * all.length))] * 10) / 10;
  return { count: all.length, median_ms: at(0.5), p95_ms: at(0.95), max_ms: at(1) };
};

/// Processor time of this process's descendants, in ms (a hundred ticks a second on Linux).
function processorTime() {
  const parents = new Map();
  const spent = new Map();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number)) {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
      parents.set(pid, Number(fields[1]));
      spent.set(pid, 10 * (Number(fields[11]) + Number(fields[12])));
    } catch {
      // It ended meanwhile.
    }
  }
  const isOurs = (pid) => pid !== undefined && pid > 1 && (parents.get(pid) === process.pid || isOurs(parents.get(pid)));
  return [...spent].filter(([pid]) => isOurs(pid)).reduce((sum, [, time]) => sum + time, 0);
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true });
try {
  const opening = [];
  const openingTime = [];
  let tab;
  for (let i = 0; i < 5; ++i) {
    await tab?.close();
    tab = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const start = performance.now();
    const before = processorTime();
    await tab.goto("file://" + resolve(page));
    await tab.waitForFunction(() => window.marchland?.maps[0].map.getLayer("ground") &&
      window.marchland.maps[0].map.queryRenderedFeatures({ layers: ["ground"] }).some((f) => f.state.fill));
    opening.push(performance.now() - start);
    openingTime.push(processorTime() - before);
  }
  await tab.waitForFunction(() => window.marchland.maps[0].hasBase && window.marchland.maps[0].map.areTilesLoaded());
  await tab.waitForTimeout(1000);
  const before = processorTime();
  const times = await tab.evaluate(async (most) => {
    const { marchland } = window;
    const { map } = marchland.maps[0];
    const gl = map.getCanvas().getContext("webgl2");
    const pixel = new Uint8Array(4);
    const { dates } = marchland.model;
    const out = { update: [], step: [] };
    for (let i = 0; i < most; ++i) {
      // Forwards from the first date; then it begins again.
      const t = dates[i % dates.length];
      const drawn = new Promise((done) => map.once("render", done));
      const start = performance.now();
      marchland.setTime(t, true);
      map.triggerRepaint(); // a date at which nothing that is drawn changes has a frame, too
      out.update.push(performance.now() - start);
      await drawn;
      gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
      out.step.push(performance.now() - start);
    }
    return out;
  }, Number(steps));
  console.log(JSON.stringify({
    page, opening: summary(opening), opening_processor: summary(openingTime), step: summary(times.step),
    of_it_script: summary(times.update), step_processor_mean_ms: Math.round((processorTime() - before) / Number(steps)),
  }, null, 1));
} finally {
  await browser.close();
}
