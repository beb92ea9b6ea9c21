import { cpus } from "node:os";
import { benchBundles } from "./bundle-bench.ts";
import { benchCheck } from "./check-bench.ts";
import { benchConsole } from "./console-bench.ts";
import { benchCost } from "./cost-bench.ts";
import { benchDurableStep } from "./durable-step-bench.ts";
import { benchEngine } from "./engine-bench.ts";
import { benchIngest, ingestRows } from "./ingest-bench.ts";
import { benchJq } from "./jq-bench.ts";
import { benchLarge } from "./large-bench.ts";
import { benchStack } from "./stack-bench.ts";
import { benchTests } from "./test-bench.ts";

const say = (text: string) => console.error(text);

say("bundles, Python …");
const { bundles, python } = await benchBundles();
say("engine …");
const engine = await benchEngine();
say("check …");
const check = await benchCheck();
say("jq …");
const jq = await benchJq();
say("tests …");
const tests = await benchTests();
say("writes …");
const cost = await benchCost();
say("large values and long loops …");
const large = await benchLarge();
say("console …");
const consoleOf = await benchConsole();
say("local stack …");
const stack = await benchStack();
say("signed deliveries …");
const ingest = await benchIngest();
say("durable steps …");
const durable = await benchDurableStep();

const rows: (readonly [figure: string, value: string])[] = [
  ["a pure step, in the engine", `${engine.pureStepUs.toFixed(1)} µs`],
  ["a loop over 1,000 items with one pure step, shared", `${engine.loopMs.toFixed(1)} ms`],
  ["the same, isolated", `${engine.isolatedLoopMs.toFixed(1)} ms`],
  ["a file of 1,000 steps loaded", `${check.loadMs.toFixed(0)} ms`],
  ["the same checked by every rule, its 100 jq programs compiled", `${check.checkMs.toFixed(0)} ms`],
  ["a small jq program, p50", `${jq.callMs.toFixed(2)} ms`],
  ["the same right behind a program that was stopped, p50", `${jq.callAfterKillMs.toFixed(2)} ms`],
  ["100 test cases, each with two retries, an hour's wait, jq and a model", `${tests.seconds.toFixed(2)} s`],
  ["the same, processor time of all threads", `${tests.processorSeconds.toFixed(2)} s`],
  ["the same, real sleeps", String(tests.sleeps)],
  ...large.loops.map(
    ({ items, ms, writes, peakRssMb }) =>
      [
        `a loop over ${items.toLocaleString("en")} items of 10 kB, a call each, 50 at once: time / write requests / peak memory`,
        `${(ms / 1000).toFixed(1)} s / ${writes} / ${peakRssMb} MB`,
      ] as const,
  ),
  [
    "the last one, killed at the 7,321st call: the rest / peak memory",
    `${(large.resumed.ms / 1000).toFixed(1)} s / ${large.resumed.peakRssMb} MB`,
  ],
  [
    "an event of 6 MB, two results of 25 MB: run / history shown / run of its replay",
    `${["run", "show", "replay"].map((part) => `${((large.run.times[part] ?? 0) / 1000).toFixed(1)} s`).join(" / ")}`,
  ],
  ["the same: peak memory of the process", `${large.run.peakRssMb} MB`],
  ...consoleOf.histories.map(
    ({ runs, pages }) =>
      [
        `console over HTTP, ${runs.toLocaleString("en")} runs stored: newest runs / ten pages on / failed ones / a status that none has / found by an id's beginning`,
        `${[pages.runs, pages.runsTenPagesOn, pages.failed, pages.noneOfAStatus, pages.found].map((ms) => ms.toFixed(0)).join(" / ")} ms`,
      ] as const,
  ),
  [
    "console over HTTP, a run of 2,001 entries among them: its page / its loop's items / an item's step",
    `${[consoleOf.runMs, consoleOf.loopMs, consoleOf.itemMs].map((ms) => ms.toFixed(0)).join(" / ")} ms`,
  ],
  ["local stack ready", `${(stack.readyMs / 1000).toFixed(2)} s`],
  ["webhook accepted, p50", `${stack.acceptP50Ms.toFixed(1)} ms`],
  ["webhook accepted, p99", `${stack.acceptP99Ms.toFixed(1)} ms`],
  ["webhook posted to run finished, five pure steps, p50", `${stack.finishedP50Ms.toFixed(1)} ms`],
  ["a durable step, p50", `${durable.stepMs.toFixed(2)} ms`],
  [
    "of it the call itself / the store's own write, p50",
    `${durable.callMs.toFixed(2)} / ${durable.writeMs.toFixed(2)} ms`,
  ],
  ["a durable step beyond call and write, p50", `${durable.beyondMs.toFixed(2)} ms`],
  ...ingestRows(ingest),
  ["no-op runs per second, 16 senders", stack.noOpPerSecond.toFixed(0)],
  ["five-step runs per second, 16 senders", stack.fiveStepsPerSecond.toFixed(0)],
  ...cost.map(
    ({ run, writes, units, sends }) =>
      [`${run}: write requests / write units / messages`, `${writes} / ${units} / ${sends}`] as const,
  ),
  ...bundles.flatMap(({ name, startKb, totalKb, coldImportMs }) => [
    [`${name}: read at start / all code`, `${startKb.toFixed(0)} / ${totalKb.toFixed(0)} kB`] as const,
    [`${name}: cold import`, `${coldImportMs.toFixed(0)} ms`] as const,
  ]),
  ["Python: first result in a fresh process", `${python.firstMs.toFixed(0)} ms`],
  ["Python: a later call with a state of 10 kB", `${python.laterMs.toFixed(2)} ms`],
  ["Python: ten runs at once, to the last result", `${(python.runsAtOnceMs / 1000).toFixed(1)} s`],
  ["Python: memory of one interpreter", `${python.residentMb.toFixed(0)} MB`],
  [
    "Python: files beside the runner / zipped",
    `${python.folderMb.toFixed(0)} / ${python.zippedMb.toFixed(0)} MB`,
  ],
];

const width = Math.max(...rows.map(([figure]) => figure.length));
console.log(`| ${"figure".padEnd(width)} | measured |\n| ${"-".repeat(width)} | --- |`);
for (const [figure, value] of rows) console.log(`| ${figure.padEnd(width)} | ${value} |`);
say(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}`);
