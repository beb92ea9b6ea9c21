import { afterAll, describe, expect, test } from "@jest/globals";
import { createJq } from "../../lib/adapters/jq/jq-worker-pool.ts";
import { createPython } from "../../lib/adapters/python/python-pool.ts";
import { withChunks } from "../../lib/app/with-chunks.ts";
import type { RunRecord } from "../../lib/core/run.ts";
import { oneInterpreter } from "../../lib/testing/one-interpreter.ts";
import { blankedPaths } from "../../lib/testing/record/blanked-paths.ts";
import { play } from "../faults/trial.ts";
import { CARD, type FaultCase, SECRET, WORKFLOWS } from "../faults/workflows.ts";
import { compiled } from "../support/engine-run.ts";
import { recordStored } from "../support/record-example.ts";

const jq = createJq();
const pool = createPython({ spare: false });
const interpreters = { jq, python: oneInterpreter(pool) };
afterAll(() => Promise.all([jq.close(), pool.close()]));

async function stored(given: FaultCase): Promise<RunRecord> {
  const { run, store } = await play({ ...given, ...(given.python && { python: interpreters.python }) });
  if (!run) throw new Error("no run is kept");
  return withChunks(store, run);
}

test.each(Object.keys(WORKFLOWS))(
  "%s: a stored run becomes a case that passes, without secrets",
  async (about) => {
    const given = WORKFLOWS[about] as FaultCase;
    const run = await stored(given);
    const { failures, text } = await recordStored(run, compiled(given.file), interpreters);
    expect({ failures, ...(failures.length > 0 && { text }) }).toEqual({ failures: [] });
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(CARD);
  },
);

const call = { type: "http_call", id: "ask", url: "https://x.test/a", output_to: "a" };
const http = [{ url: "https://x.test/a", body: { from: "a", card: "4111" } }];
const event = { email: "ada@acme.test" };
const note = { type: "set", values: { note: "for ${email}" } };

describe("a recording fails", () => {
  const file = { steps: [call, { type: "set", values: { greeting: "Hello ${a.from}" } }] };
  const changes: readonly (readonly [string, object])[] = [
    [
      "when a step writes something else",
      { steps: [call, { type: "set", values: { greeting: "Hi ${a.from}" } }] },
    ],
    ["when a call is not made any more", { steps: [{ type: "set", values: { greeting: "Hello a" } }] }],
    ["when another call is made", { steps: [...file.steps, { ...call, id: "more", output_to: "b" }] }],
    ["when the run ends otherwise", { steps: [...file.steps, { type: "fail", message: "no" }] }],
    ["when a step is skipped", { steps: [{ ...call, when: [{ field: "x", op: "exists" }] }, file.steps[1]] }],
  ];
  test.each(changes)("%s", async (_name, changed) => {
    const run = await stored({ file, http });
    const recorded = await recordStored(run, compiled(file), interpreters, compiled(changed as typeof file));
    expect(recorded.failures).not.toEqual([]);
  });
});

describe("what history.redact blanked", () => {
  test("is no hindrance where nothing else hangs on it", async () => {
    const file = { history: { redact: ["a.card"] }, steps: [call, { type: "print", text: "${a.from}" }] };
    const run = await stored({ file, http, event });
    const { failures, text } = await recordStored(run, compiled(file), interpreters);
    expect(failures).toEqual([]);
    expect(text).not.toContain("4111");
  });

  test("is named where the run cannot be repeated without it", async () => {
    const file = { history: { redact: ["email", "phone", "a.card"] }, steps: [call, note] };
    const run = await stored({ file, http, event });
    const { failures } = await recordStored(run, compiled(file), interpreters);
    expect(failures).not.toEqual([]);
    expect(blankedPaths(run, compiled(file))).toEqual(["email", "a.card"]);
  });
});

describe("no case is made of", () => {
  const made = (changed: Partial<RunRecord>) => async () => {
    const run = await stored({ file: { steps: [call] }, http });
    return recordStored({ ...run, ...changed }, compiled({ steps: [call] }), interpreters);
  };
  const deep = {
    body: new TextEncoder().encode(`${"[".repeat(91)}${"]".repeat(91)}`),
    contentType: "application/json",
    request: { method: "POST", path: "/", query: {}, headers: {}, received_at: "", delivery_id: "" },
  };
  const fault = { step: "0", class: "internal" as const, message: "killed", details: {} };
  test.each<[string, Partial<RunRecord>, string]>([
    ["a run that has not ended", { status: "waiting" }, "it is waiting"],
    ["a run that somebody cancelled", { status: "cancelled" }, "somebody cancelled it"],
    ["a run whose event nests deeper than a test file may", { event: deep }, "more than 90 levels deep"],
    ["a run that ended by a fault of ours", { status: "failed", error: fault }, "a fault of the machinery"],
  ])("%s", async (_name, changed, said) => {
    await expect(made(changed)()).rejects.toThrow(said);
  });
});
