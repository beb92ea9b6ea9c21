import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Dynalite, startDynalite } from "../support/dynalite.ts";
import { playLargeRun } from "../support/large-run.ts";

let dynalite: Dynalite;
beforeAll(async () => {
  dynalite = await startDynalite();
});
afterAll(() => dynalite.stop());

// The sizes that are promised take a minute on an emulator: `npm run bench` plays the same with those.
test("values larger than an item pass through ingest, journal, resume, replay and history unchanged", async () => {
  const times = await playLargeRun(dynalite, { eventBytes: 900_000, resultBytes: 2_000_000 });
  expect(Object.keys(times)).toEqual(["accept", "run", "show", "replay"]);
});
