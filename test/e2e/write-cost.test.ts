import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import { costOfRun } from "../support/cost-of-run.ts";
import { type Dynalite, startDynalite } from "../support/dynalite.ts";

let dynalite: Dynalite;
beforeAll(async () => {
  dynalite = await startDynalite();
});
afterAll(() => dynalite.stop());

const costOf = (steps: readonly JsonObject[], http: readonly Json[] = []) => costOfRun(dynalite, steps, http);
const effect = (name: string): JsonObject => ({
  type: "http_call",
  url: `https://x.test/${name}`,
  output_to: name,
});
const pure: JsonObject = { type: "print", text: "hello" };
const http = [{ url: "https://x.test/*", body: { ok: true } }];

describe("what a run costs the table", () => {
  test("without effects: 3 write requests, 7 units with both indexes, however many steps", async () => {
    expect(await costOf([])).toMatchObject({ writes: 3, units: 7, sends: 1 });
    expect(await costOf([pure, pure, pure, pure, pure])).toMatchObject({ writes: 3, units: 7 });
  });

  test.each([1, 2, 5])("with %i effects in sequence: at most 3 more than effects", async (n) => {
    const steps = Array.from({ length: n }, (_, index) => [pure, effect(`e${index}`), pure]).flat();
    const { writes } = await costOf(steps, http);
    expect(writes).toBeLessThanOrEqual(n + 3);
  });

  test("the last effect travels in the final write when no step follows it", async () => {
    expect(await costOf([effect("a"), effect("b")], http)).toMatchObject({ writes: 4 });
  });

  test("a clock read before an effect costs one write more, so that a repeated call carries the same time", async () => {
    expect(await costOf([{ type: "add_timestamp" }, effect("a"), pure], http)).toMatchObject({ writes: 5 });
  });

  test("another run costs what a run costs, one write for its name, and three where it is waited for elsewhere", async () => {
    const start = { type: "run_workflow", name: "other" };
    const workflows = { other: { steps: [] } };
    const apart = await costOfRun(dynalite, [{ ...start, await: false }], [], workflows);
    expect(apart).toMatchObject({ writes: 3 + 3 + 1, units: 7 + 7 + 2, sends: 2 });
    const awaited = await costOfRun(dynalite, [start], [], workflows);
    expect(awaited).toMatchObject({ writes: 3 + 3 + 1 + 3, units: 7 + 7 + 2 + 5, sends: 3 });
  });

  test("a cached step: a hit costs one read and no write, a miss one read and two writes of one unit each", async () => {
    const cached = (scope: string) => [{ ...effect("a"), cache: { ttl: 60, scope } }, pure];
    const [plain, hit, miss] = await Promise.all([
      costOf([effect("a"), pure], http),
      costOf(cached("workflow"), http),
      costOf(cached("run"), http),
    ]);
    const reads = plain.reads + 1;
    expect(hit).toMatchObject({ writes: plain.writes - 1, reads });
    expect(hit.units).toBeLessThanOrEqual(plain.units);
    expect(miss).toMatchObject({ writes: plain.writes + 2, units: plain.units + 2, reads });
  });

  test("a distributed loop: six writes for each chunk, a run's three among them, and six for the run that waits", async () => {
    const loop = { type: "for_each", input_from: "ids", mode: "distributed", chunk_size: 1, steps: [pure] };
    const chunks = 3;
    // A run's three, and those of its wait: name, state, that all are made, and coming back.
    expect(await costOf([loop])).toMatchObject({
      writes: 3 + 6 + 6 * chunks,
      units: 16 + 8 * chunks,
      sends: 2,
    });
  });

  test("isolated effects that end together share a write", async () => {
    const loop = { type: "for_each", input_from: "ids", item_scope: "isolated", steps: [effect("a"), pure] };
    const { writes } = await costOf([loop, pure], http);
    expect(writes).toBeLessThanOrEqual(3 + 3);
  });
});
