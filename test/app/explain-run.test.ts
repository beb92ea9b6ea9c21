import { describe, expect, test } from "@jest/globals";
import { explainRun, type RunExplanation } from "../../lib/app/explain-run.ts";
import { findVersion } from "../../lib/app/find-version.ts";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import { stepTypes } from "../../lib/steps/registry.ts";
import { createWorld, type WorldOptions } from "../support/world.ts";

/** Posts an event, lets the stage work, and explains what came of it. */
async function explained(
  options: WorldOptions,
  event: Json = {},
  settle = true,
  env?: (name: string) => string | undefined,
): Promise<RunExplanation> {
  const world = createWorld(options);
  const { body } = await world.post(event);
  const { run_id: runId } = body as { run_id: string };
  if (settle) await world.settle();
  const run = await world.run(runId);
  const version = await findVersion(world.runner, run.workflow, run.hash);
  return explainRun({ version, steps: stepTypes, now: world.clock.now(), ...(env && { env }) }, run);
}

const DOWN = (url: string, status = 410): Json => ({
  url,
  answers: [{ status }, { status }, { status }, { status }, { status }],
});

describe("a failed run", () => {
  test("is explained by its step's line, what the step was given, and each attempt with its wait", async () => {
    const { why, step } = await explained(
      {
        file: {
          steps: [
            { type: "set", values: { order: "${input.id}" } },
            {
              type: "http_call",
              id: "ship",
              url: "https://x.test/orders/${order}",
              query: { who: "${customer.name}" },
              retries: 1,
              backoff_seconds: 4,
              retry_on: ["server_error"],
            },
          ],
        },
        http: [{ url: "https://x.test/orders/7", times: 10, status: 503 }],
      },
      { id: 7, customer: { name: "Ada" } },
    );
    expect(why).toMatch(/^It failed at step 1 \(ship\): server_error: .*503.* It was delivered 5 times\.$/);
    expect(step?.source).toMatchObject({ file: "example.yaml" });
    expect(step?.source?.text.split("\n")[step.source.line - 1]).toContain("type: http_call");
    expect(step?.inputs?.params).toMatchObject({
      url: "https://x.test/orders/7",
      query: { who: "Ada" },
    });
    expect(step?.inputs?.state).toEqual({ id: 7, customer: { name: "Ada" }, order: 7 });
    const failures = step?.tries.filter(({ status }) => status === "failed");
    expect(failures).toHaveLength(5);
    expect(failures?.[0]?.failed_attempts).toMatchObject([{ class: "server_error", status: 503 }]);
  });

  test("shows secrets blanked, and other names with the values that are known, never with a default that may not be theirs", async () => {
    const options: WorldOptions = {
      file: {
        environment: [
          { name: "TOKEN", secret: true },
          { name: "HOST", default: "x.test" },
        ],
        steps: [
          {
            type: "http_call",
            url: "https://${env:HOST}/",
            headers: { Authorization: "Bearer ${env:TOKEN}" },
          },
        ],
      },
      secrets: { TOKEN: "a-secret-value" },
      http: [DOWN("https://x.test/")],
    };
    const urlWith = async (env?: (name: string) => string | undefined) => {
      const { step } = await explained(options, {}, true, env);
      expect(step?.inputs?.params).toMatchObject({ headers: { Authorization: "Bearer ***" } });
      return step?.inputs?.params.url;
    };
    expect(await urlWith()).toBe("https://${env:HOST}/");
    expect(await urlWith(() => undefined)).toBe("https://x.test/");
    expect(await urlWith(() => "y.test")).toBe("https://y.test/");
  });

  test("in a loop and a branch shows the item and the state that its step saw", async () => {
    const { step } = await explained(
      {
        file: {
          steps: [
            {
              type: "for_each",
              input_from: "list",
              var: "one",
              item_scope: "isolated",
              steps: [
                { type: "set", values: { mine: "${one}!" } },
                {
                  type: "if_else",
                  if: {
                    conditions: [{ field: "one", op: "eq", value: "b" }],
                    steps: [{ type: "fail", id: "no", message: "not ${mine}" }],
                  },
                },
              ],
            },
          ],
        },
      },
      { list: ["a", "b", "c"] },
    );
    expect(step).toMatchObject({
      path: "0.items.1.1.if.0",
      id: "no",
      inputs: { params: { message: "not b!" } },
    });
    expect(step?.inputs?.state).toMatchObject({ one: "b", mine: "b!" });
  });

  test("is explained with the state before on_failure", async () => {
    const { step } = await explained({
      file: {
        steps: [{ type: "fail", message: "no" }],
        on_failure: [{ type: "set", values: { told: true } }],
      },
    });
    expect(step).toMatchObject({ path: "0", inputs: { params: { message: "no" }, state: {} } });
  });
});

describe("runs that have not failed", () => {
  test("a dropped one names the step that dropped it, inside of others", async () => {
    const { why, step } = await explained(
      {
        file: {
          steps: [
            {
              type: "if_else",
              if: {
                conditions: [{ field: "n", op: "eq", value: 1 }],
                steps: [{ type: "filter", id: "sieve", conditions: [{ field: "n", op: "eq", value: 2 }] }],
              },
            },
          ],
        },
      },
      { n: 1 },
    );
    expect(why).toMatch(/^Step 0\.if\.0 \(sieve\) dropped it: /);
    expect(step).toMatchObject({ path: "0.if.0", inputs: { state: { n: 1 } } });
  });

  test("one that input.filter did not want says that no step was run", async () => {
    const { why, step } = await explained(
      {
        file: {
          input: { type: "http_webhook", filter: [{ field: "n", op: "eq", value: 2 }] },
          steps: [],
        },
      },
      { n: 1 },
    );
    expect(why).toMatch(/^It was dropped before its first step: /);
    expect(step).toBeNull();
  });

  test("a queued one has not begun, one that succeeded ended well", async () => {
    const file: JsonObject = { steps: [{ type: "set", values: { a: 1 } }] };
    expect((await explained({ file }, {}, false)).why).toMatch(/^It has not begun/);
    expect((await explained({ file })).why).toBe("Every step has ended well.");
  });

  test("one that succeeded in spite of a failure tells of it", async () => {
    const { why } = await explained({
      file: {
        steps: [{ type: "http_call", id: "ask", url: "https://x.test/", swallow_on_error: true }],
      },
      http: [DOWN("https://x.test/")],
    });
    expect(why).toMatch(/Failures that the file accepts: 1, the first at 0 \(ask\)/);
  });
});
