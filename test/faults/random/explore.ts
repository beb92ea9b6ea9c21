import { parseArgs } from "node:util";
import { createJq } from "../../../lib/adapters/jq/jq-worker-pool.ts";
import { censusOf } from "./census.ts";
import { checkCase, randomStrikes } from "./check-case.ts";
import { randomCase } from "./random-case.ts";
import { reportCase } from "./report-case.ts";

const { values } = parseArgs({
  options: {
    from: { type: "string", default: "1" },
    seeds: { type: "string", default: "10000" },
    /** 0, 1 or 2 in each case. */
    faults: { type: "string", default: "0" },
    /** How many of those that fail are made small and shown. */
    show: { type: "string", default: "5" },
    /** Shows what the cases are made of, and plays none. */
    census: { type: "boolean", default: false },
  },
});
const [from, seeds, faults, show] = [values.from, values.seeds, values.faults, values.show].map(Number) as [
  number,
  number,
  number,
  number,
];

const jq = createJq();
if (values.census) {
  const cases = Array.from({ length: seeds }, (_none, index) => randomCase(from + index, { jq }));
  console.log(censusOf(cases).join("\n"));
  process.exit();
}

const began = performance.now();
let failed = 0;
for (let seed = from; seed < from + seeds; seed += 1) {
  const given = randomCase(seed, { jq });
  const strikes = await randomStrikes(given, faults);
  if ((await checkCase(given, strikes)).length === 0) continue;
  failed += 1;
  console.error(failed <= show ? await reportCase(given, strikes) : `seed ${seed}`);
}
await jq.close();
const seconds = ((performance.now() - began) / 1000).toFixed(0);
console.log(`${seeds} seeds from ${from} with ${faults} faults each: ${failed} failed, ${seconds} s`);
process.exitCode = failed === 0 ? 0 : 1;
