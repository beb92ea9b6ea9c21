import { describe, expect, test } from "@jest/globals";
import { ERROR_CLASSES, type ErrorClass, FlowError } from "../../lib/core/flow-error.ts";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import { createWorld, runIdOf, type WorldOptions } from "../support/world.ts";

/** Deliveries of a run that fails with a class each time: the table of language.md section 4. */
const DELIVERIES: { readonly [name in ErrorClass]: number } = {
  timeout: 5,
  connection: 5,
  rate_limited: 5,
  server_error: 5,
  client_error: 1,
  blocked_address: 1,
  invalid_input: 1,
  invalid_output: 1,
  refused: 1,
  truncated: 1,
  code_error: 1,
  config_error: 1,
  budget_exceeded: 1,
  unknown_outcome: 1,
  cancelled: 1,
  internal: 1,
};
const call: JsonObject = { type: "http_call", url: "https://x.test/a" };

/** Runs an event until nothing moves. */
async function fail(options: WorldOptions, event: Json = {}) {
  const world = createWorld(options);
  const runId = runIdOf(await world.post(event));
  await world.settle();
  return { world, run: await world.run(runId) };
}

describe("deliveries of a run whose step fails each time", () => {
  test.each(ERROR_CLASSES)("with %s: those that its class can heal by, and no more", async (errorClass) => {
    let calls = 0;
    const { world, run } = await fail({
      file: { steps: [call] },
      wrapHttp: () => ({
        async send() {
          calls += 1;
          throw new FlowError(errorClass, "it failed");
        },
      }),
    });
    expect(run).toMatchObject({
      status: errorClass === "cancelled" ? "cancelled" : "failed",
      attempt: DELIVERIES[errorClass],
      error: { class: errorClass, step: "0" },
    });
    expect(calls).toBe(DELIVERIES[errorClass]);
    expect(world.queue.deadLetters).toHaveLength(errorClass === "cancelled" ? 0 : 1);
  });

  const model = { type: "openai_completion", api_key: "k", prompt: "p" };
  const post = (status: number) => ({ url: "https://x.test/a", status });
  test.each<[string, ErrorClass, JsonObject, Partial<WorldOptions>]>([
    ["an answer that refuses the request", "client_error", call, { http: [post(404)] }],
    ["a login that is refused", "client_error", call, { http: [post(401)] }],
    ["a URL that is none", "invalid_input", { ...call, url: "${input.nothing}" }, {}],
    ["a place that the result has none in", "invalid_input", { type: "set", values: { "list[9]": 1 } }, {}],
    ["a list that is text", "invalid_input", { type: "for_each", input_from: "text", steps: [] }, {}],
    ["a wait until no time", "invalid_input", { type: "wait", until: "${text}" }, {}],
    ["what the file itself fails with", "refused", { type: "fail", message: "no" }, {}],
    ["a workflow that is not there", "config_error", { type: "run_workflow", name: "none" }, {}],
    ["a model that refuses", "refused", model, { llm: [{ text: "no", finish: "refusal" }] }],
  ])("%s: one, and one call at most", async (_about, errorClass, step, more) => {
    const { world, run } = await fail({ file: { steps: [step] }, ...more }, { list: [], text: "text" });
    expect(run).toMatchObject({ status: "failed", attempt: 1, error: { class: errorClass, step: "0" } });
    expect(world.calls.length).toBeLessThanOrEqual(1);
    expect(world.queue.deadLetters).toMatchObject([{ reason: { class: errorClass, step: "0" } }]);
  });

  test("names without a value, and secrets that are none: one, before the first step", async () => {
    const file = { environment: ["TOKEN"], steps: [{ ...call, url: "https://x.test/${env:TOKEN}" }] };
    const { world, run } = await fail({ file });
    expect(run).toMatchObject({ status: "failed", attempt: 1, error: { class: "config_error", step: null } });
    expect(world.calls).toEqual([]);
  });
});
