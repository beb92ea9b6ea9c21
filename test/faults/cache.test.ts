import { describe, expect, test } from "@jest/globals";
import type { JsonObject } from "../../lib/core/json.ts";
import { FAULTS, type Strike } from "../support/faults.ts";
import { faultyStage, requestsIn } from "./trial.ts";
import type { FaultCase } from "./workflows.ts";

const EVENTS = 4;
const a: JsonObject = { type: "http_call", url: "https://x.test/a", output_to: "a", cache: { ttl: 3600 } };
const given: FaultCase = {
  file: { steps: [a, { type: "print", text: "${a}" }] },
  http: [{ url: "https://x.test/a", body: { from: "a" }, delay_seconds: 20 }],
};

/** Delivers several events, of which all want the same result, and lets the stage work. */
async function playMany(strikes: readonly Strike[] = []) {
  const { world, store, faults, untilQuiet } = faultyStage(given, strikes);
  for (let event = 0; event < EVENTS; event += 1) await faults.live(() => world.post({ event }));
  const accepted = await store.due(Number.POSITIVE_INFINITY, EVENTS);
  await untilQuiet();
  const runs = await Promise.all(accepted.map(({ runId }) => store.get(runId)));
  return { runs, calls: faults.calls, requests: requestsIn(faults.calls) };
}

describe("many runs that want one result, struck at every call", () => {
  test("one call serves all of them, or two where a fault made one more necessary", async () => {
    const undisturbed = await playMany();
    expect(undisturbed.requests).toHaveLength(1);
    const broken: unknown[] = [];
    for (const [at, { name }] of undisturbed.calls.entries()) {
      for (const fault of FAULTS) {
        const { runs, requests } = await playMany([{ at, fault }]);
        const ends = runs.map((run) => run?.status);
        const results = runs.map((run) =>
          run?.journal.find(({ path, patch }) => path === "0" && patch.length > 0),
        );
        const isWhole = results.every((entry) => JSON.stringify(entry?.patch[0]?.value) === '{"from":"a"}');
        if (ends.some((end) => end !== "succeeded") || !isWhole || requests.length > 2)
          broken.push({ where: `${fault} at call ${at}, ${name}`, ends, requests: requests.length });
      }
    }
    expect(broken).toEqual([]);
    expect(undisturbed.calls.length).toBeGreaterThan(20);
  });
});
