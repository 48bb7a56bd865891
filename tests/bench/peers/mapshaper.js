// mapshaper: intersections by -clip, both differences at once by -union (its -erase left nothing at all of these
// shapes where they differ by little). It has no overlay of shapes in memory: the time includes reading GeoJSON text
// and writing the table of areas; reading and writing alone is timed beside it.
//   node mapshaper.js FOLDER K SECONDS
const fs = require('fs');
const path = require('path');
const root = process.env.BENCH_NODE;
const mapshaper = require(path.join(root, 'node_modules', 'mapshaper'));
const version = require(path.join(root, 'node_modules', 'mapshaper', 'package.json')).version;

const [folder, every, limit] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const shapes = fs.readFileSync(path.join(folder, 'shapes.geojsonl'), 'utf8').trimEnd().split('\n');
const steps = JSON.parse(fs.readFileSync(path.join(folder, 'steps.json'), 'utf8'));
const answer = {version: `mapshaper ${version} (node ${process.versions.node})`, steps: steps.length, done: [], held: [],
                passed: [], intersections_s: 0, differences_s: 0,
                intersections_cpu_s: 0, differences_cpu_s: 0, prepare_s: 0, repaired: 0, failed: 0};
const cpuSeconds = () => (process.cpuUsage().user + process.cpuUsage().system) / 1e6;
const seconds = () => Number(process.hrtime.bigint()) / 1e9;

const feature = (shape, name) =>
    `{"type":"Feature","properties":{"${name}":1},"geometry":${shapes[shape]}}`;

// Areas of what a command leaves, added up by which of the two shapes it is part of: "a", "b" or "ab".
async function areas(command, a, b) {
  const inputs = {'a.json': feature(a, 'a')};
  if (b !== null) inputs['b.json'] = feature(b, 'b');
  const out = await mapshaper.applyCommands(
      `-quiet ${command} -each "area = this.planarArea" -o out.json format=json`, inputs);
  const sums = {a: 0, b: 0, ab: 0};
  for (const row of JSON.parse(out['out.json'].toString())) {
    const of = (row.a ? 'a' : '') + (row.b ? 'b' : '');
    if (of) sums[of] += row.area;
  }
  return sums;
}

async function checked(command, a, b) {
  try {
    return await areas(command, a, b);
  } catch (error) {
    answer.failed += 1;
    return {a: 0, b: 0, ab: 0};
  }
}

(async () => {
  const known = new Map();
  const area = async (shape) => {
    if (!known.has(shape)) known.set(shape, (await checked('-i a.json', shape, null)).a);
    return known.get(shape);
  };
  const begin = seconds();
  for (let i = 0; i < steps.length && seconds() - begin < limit; i += every) {
    let held = 0;
    let passed = 0;
    for (const shape of steps[i].kept) held += await area(shape);
    for (const shape of steps[i].one_sided) passed += await area(shape);
    const [start, startCpu] = [seconds(), cpuSeconds()];
    for (const [a, b, same] of steps[i].pairs) {
      const value = await checked('-i a.json -clip b.json', a, b);
      if (same) held += value.a;
    }
    const [middle, middleCpu] = [seconds(), cpuSeconds()];
    for (const [a, b, same] of steps[i].pairs) {
      if (!same) continue;
      const pieces = await checked('-i a.json b.json combine-files -union target=a,b', a, b);
      passed += pieces.a + pieces.b;
    }
    const [end, endCpu] = [seconds(), cpuSeconds()];
    answer.intersections_s += middle - start;
    answer.differences_s += end - middle;
    answer.intersections_cpu_s += middleCpu - startCpu;
    answer.differences_cpu_s += endCpu - middleCpu;
    for (const [a, b] of steps[i].pairs) {
      await checked('-i a.json', a, null);
      await checked('-i b.json', a, b);
    }
    answer.prepare_s += seconds() - end;
    answer.done.push(i);
    answer.held.push(held);
    answer.passed.push(passed);
  }
  console.log(JSON.stringify(answer));
})();
