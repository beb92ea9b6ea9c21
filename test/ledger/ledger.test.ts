import { expect, test } from "@jest/globals";
import { summaryTable } from "./summary-table.ts";
import { runTrial } from "./trial.ts";

const seed = 20_261_127;

test("P1 P2 P4 P5 P6 P7: 150 webhooks while ingest, runners and sweeper are killed and stalled (npm run test:ledger sends 2,000)", async () => {
  const report = await runTrial({
    seed,
    webhooks: 150,
    spreadMs: 3_000,
    faults: 12,
    runners: 3,
    invocationSeconds: 2,
    retryBaseSeconds: 0,
    patienceMs: 120_000,
  });
  const { broken, evidence, books } = report;
  if (broken.length > 0) throw new Error(`seed ${seed}, evidence in ${evidence}:\n${broken.join("\n")}`);
  const well = books.runs.filter(({ status }) => status === "succeeded");
  expect(well.length).toBeGreaterThan(0.7 * books.runs.length);
  expect(summaryTable(report)).toMatch(/^kills/);
}, 180_000);
