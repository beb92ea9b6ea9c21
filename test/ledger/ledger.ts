import { parseArgs } from "node:util";
import { summaryTable } from "./summary-table.ts";
import { runTrial } from "./trial.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    webhooks: { type: "string", default: "2000" },
    minutes: { type: "string", default: "2" },
    faults: { type: "string" },
    runners: { type: "string", default: "4" },
  },
});
const seed = Number(values.seed);
const webhooks = Number(values.webhooks);
const spreadMs = Number(values.minutes) * 60_000;
// One in half a second.
const faults = Number(values.faults ?? Math.round(spreadMs / 500));

process.once("SIGINT", () => process.exit(130));
console.error(
  `seed ${seed}: it fixes webhooks, faults and the peer's moods, not how the processes meet them; again with: npm run test:ledger -- --seed ${seed} --webhooks ${webhooks} --minutes ${values.minutes}`,
);
const report = await runTrial({
  seed,
  webhooks,
  spreadMs,
  faults,
  runners: Number(values.runners),
  invocationSeconds: 4,
  retryBaseSeconds: 1,
  patienceMs: Math.max(120_000, spreadMs * 3),
});
console.log(summaryTable(report));
if (report.broken.length > 0) {
  console.error(`\n${report.broken.length} broken promises:\n${report.broken.slice(0, 50).join("\n")}`);
  console.error(`evidence in ${report.evidence}`);
  process.exitCode = 1;
}
