import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Dynalite, startDynalite } from "../support/dynalite.ts";
import { storeLongLoop } from "../support/long-loop.ts";

let dynalite: Dynalite;
beforeAll(async () => {
  dynalite = await startDynalite();
});
afterAll(() => dynalite.stop());

test("a loop over 10,000 items of 10 kB needs little more than its items, also from where it was killed, and goes on behind what has an entry", async () => {
  const loop = await storeLongLoop(dynalite, { items: 10_000, itemBytes: 10_000, answerBytes: 100 });
  const killed = await loop.work({ diesAt: 7_321 });
  expect(killed).toMatchObject({ status: "killed", calls: 7_321 });
  const entries = (await loop.store.get(loop.runId))?.journal.length ?? 0;
  // What was under way, or had ended since the last write, 50 at a time.
  expect(entries).toBeGreaterThan(7_321 - 2 * 50 - 1);
  const segments = (await loop.stored()).filter(({ sk }) => sk?.S?.startsWith("seg#"));
  expect(segments.length).toBeLessThan(entries / 10);
  const report = await loop.work({ minutes: 20 });
  expect(report).toMatchObject({ status: "succeeded", calls: 10_000 - entries });
  expect(report.writes.PutItemCommand).toBeLessThan((10_000 - entries) / 10);
  // All of the process, code and Node itself too: its event alone has 100 MB.
  for (const { peakRssMb } of [killed, report]) expect(peakRssMb).toBeLessThan(256);
});
