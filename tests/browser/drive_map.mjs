// node drive_map.mjs QUESTION.json: opens a page of the map from the disk in Chromium, uses it, says what was seen.
//
// The question: {page, hash, width, height, scheme, steps: [...]}. A step is one of
//   {hash}                       opens the page at another link
//   {press: [keys], on: css}     keys, after the element got the focus
//   {pick: css, value}           fills a box or chooses from a list;   {click: css | [x, y] of the page}
//   {drag: [x, y, x, y]}         the mouse, from one place of the page to another
//   {go: "#..."}                 another link in the open page, as if pasted into its address
//   {save: css, to}              clicks, and keeps what is downloaded
//   {look: [[lon, lat], ...]}    colours of the picture there, and what the map says is drawn there
//   {ask: "script"}              the value of an expression in the page
//   {picture: file}
// The answer: {seen: [...], problems, requests}: what `look` and `ask` found, in order; errors and warnings of the page;
// addresses that were asked for beside the page itself.
// Nothing is concluded from the map being idle alone: it is so too where nothing could be drawn.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const modules = process.env.MARCHLAND_NODE;
const { chromium } = createRequire(modules + "/")("playwright-core");
const question = JSON.parse(await readFile(process.argv[2], "utf8"));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true });
const address = "file://" + question.page;

try {
  const context = await browser.newContext({
    viewport: { width: question.width ?? 1000, height: question.height ?? 700 }, colorScheme: question.scheme ?? "light", acceptDownloads: true,
  });
  const page = await context.newPage();
  const problems = [];
  const requests = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("dialog", (dialog) => { problems.push("dialog: " + dialog.message()); dialog.dismiss(); });
  page.on("console", (message) => {
    // Software has no graphics processor to stall; all else that a library warns of is a fault, such as lines of more
    // vertices than it can draw.
    if (message.type() === "warning" && /GPU stall/.test(message.text())) return;
    if (["error", "warning"].includes(message.type())) problems.push(message.text().slice(0, 300));
  });
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && request.url().split("#")[0] !== address) requests.push(request.url());
  });

  const settle = async () => {
    await page.waitForFunction(() => window.marchland.maps.filter((m) => !m.map.getContainer().hidden).every((m) => m.hasBase));
    await page.evaluate(() => Promise.all(window.marchland.maps.filter((m) => !m.map.getContainer().hidden).map((m) =>
      new Promise((done) => { m.map.once("idle", done); m.map.triggerRepaint(); }))));
  };
  const open = async (hash) => {
    await page.goto("about:blank");
    await page.goto(address + (hash ?? ""));
    await page.waitForFunction(() => document.documentElement.dataset.ready === "true");
    await settle();
  };
  const look = async (points) => {
    await settle();
    const shot = (await page.screenshot()).toString("base64");
    return page.evaluate(async ({ shot, points }) => {
      const image = new Image();
      image.src = "data:image/png;base64," + shot;
      await image.decode();
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [image.width, image.height];
      const picture = canvas.getContext("2d", { willReadFrequently: true });
      picture.drawImage(image, 0, 0);
      const { marchland } = window;
      const { map } = marchland.maps[0];
      const { left, top } = map.getCanvas().getBoundingClientRect();
      return points.map((lonlat) => {
        const { x, y } = map.project(lonlat);
        const [r, g, b] = picture.getImageData(Math.round(left + x), Math.round(top + y), 1, 1).data;
        const found = map.queryRenderedFeatures([x, y], { layers: ["ground"] });
        return { color: [r, g, b], grounds: found.length, fill: found[0]?.state.fill ?? null };
      });
    }, { shot, points });
  };

  await open(question.hash);
  const seen = [];
  for (const step of question.steps) {
    if (step.hash !== undefined) await open(step.hash);
    if (step.press) {
      if (step.on) await page.focus(step.on);
      for (const key of step.press) await page.keyboard.press(key);
    }
    if (step.pick) {
      const isList = await page.evaluate((css) => document.querySelector(css).tagName === "SELECT", step.pick);
      if (isList) await page.selectOption(step.pick, step.value);
      else {
        await page.fill(step.pick, step.value);
        await page.press(step.pick, "Enter");
        await page.evaluate((css) => document.querySelector(css).blur(), step.pick);
      }
    }
    if (Array.isArray(step.click)) await page.mouse.click(...step.click);
    else if (step.click) await page.click(step.click, { force: true });
    if (step.drag) {
      const [x0, y0, x1, y1] = step.drag;
      await page.mouse.move(x0, y0);
      await page.mouse.down();
      await page.mouse.move(x1, y1, { steps: 4 });
      await page.mouse.up();
    }
    if (step.go) {
      await page.evaluate((hash) => new Promise((done) => {
        window.addEventListener("hashchange", () => done(), { once: true });
        location.hash = hash;
      }), step.go);
      await settle();
    }
    if (step.save) {
      const [download] = await Promise.all([page.waitForEvent("download"), page.click(step.save)]);
      await download.saveAs(step.to);
      seen.push(download.suggestedFilename());
    }
    if (step.look) seen.push(await look(step.look));
    if (step.ask) seen.push(await page.evaluate(step.ask));
    if (step.picture) {
      await settle();
      await page.screenshot({ path: step.picture });
    }
  }
  console.log(JSON.stringify({ seen, problems, requests }));
} finally {
  await browser.close();
}
