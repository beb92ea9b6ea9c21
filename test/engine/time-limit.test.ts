import { describe, expect, test } from "@jest/globals";
import type { JsonObject } from "../../lib/core/json.ts";
import { virtualClock } from "../../lib/testing/virtual-clock.ts";
import { attempt, compiled } from "../support/engine-run.ts";

/** Interpreters that are busy with others for some seconds. */
function busyFor(seconds: number) {
  const clock = virtualClock();
  const turn = () => clock.sleep(seconds * 1000);
  return {
    clock,
    ports: {
      jq: { run: () => turn().then(() => ({ logs: [], results: ["mine"] })) },
      python: { run: () => turn().then(() => ({ printed: [], value: "mine" })), endRun() {} },
    },
  };
}

describe("a program's own time", () => {
  test.each<JsonObject>([
    { type: "jq", query: ".", timeout: 5, output_to: "x" },
    { type: "python_function", code: "def process(e): return e", timeout: 5, output_to: "x" },
  ])("does not begin while the interpreters serve other runs: %j", async (step) => {
    const { end, state } = await attempt({ workflow: compiled({ steps: [step] }), ...busyFor(8) });
    expect(end.kind).toBe("succeeded");
    expect(state).toEqual({ x: "mine" });
  });

  test("is no longer than the run's", async () => {
    const busy = busyFor(8);
    const { end } = await attempt({
      workflow: compiled({ timeout: 6, steps: [{ type: "jq", query: ".", timeout: 5 }] }),
      runUntil: busy.clock.now() + 6_000,
      ...busy,
    });
    expect(end).toMatchObject({
      kind: "failed",
      error: { class: "timeout", message: "the run took longer than its timeout of 6 seconds" },
    });
  });
});
