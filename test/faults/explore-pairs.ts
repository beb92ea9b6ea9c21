import { parseArgs } from "node:util";
import { everyPair } from "./every-pair.ts";
import { play } from "./trial.ts";
import { WORKFLOWS } from "./workflows.ts";

const { values } = parseArgs({
  options: {
    /** Workflows with at most so many calls. */
    calls: { type: "string", default: "14" },
    /** On a table behind the adapter for DynamoDB, every request of which is struck, instead of a store in memory. */
    table: { type: "boolean", default: false },
  },
});

const began = performance.now();
let all = 0;
for (const [about, given] of Object.entries(WORKFLOWS)) {
  if (given.python || (await play(given)).calls.length > Number(values.calls)) continue;
  const { trials, broken } = await everyPair(given, { onTable: values.table });
  all += trials;
  console.log(`${about}: ${trials} pairs, ${broken.length} broken`);
  if (broken.length === 0) continue;
  process.exitCode = 1;
  console.error(JSON.stringify(broken.slice(0, 5), undefined, 2));
}
console.log(`${all} pairs, ${((performance.now() - began) / 1000).toFixed(0)} s`);
