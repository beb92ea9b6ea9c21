import { expect } from "@jest/globals";
import { stringify } from "yaml";
import * as z from "zod";
import { createMemoryCache } from "../../lib/adapters/memory/memory-cache.ts";
import { parseScript } from "../../lib/adapters/scripted/script.ts";
import type { RunView } from "../../lib/app/describe-run.ts";
import { mediaType } from "../../lib/core/event-body.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { JournalEntry } from "../../lib/core/journal.ts";
import { formatJson, type Json, type JsonObject } from "../../lib/core/json.ts";
import { readPath } from "../../lib/core/path.ts";
import { anyJson, jsonMapping } from "../../lib/core/schema.ts";
import type { Workflow } from "../../lib/core/workflow.ts";
import { loadWorkflow } from "../../lib/language/load-workflow.ts";
import { formatProblem } from "../../lib/language/problem.ts";
import { stepTypes } from "../../lib/steps/registry.ts";
import { type Interpreters, runScripted } from "../../lib/testing/run-scripted.ts";
import { seededRandom } from "../../lib/testing/seeded-random.ts";
import { type VirtualClock, virtualClock } from "../../lib/testing/virtual-clock.ts";
import { keptLog } from "./kept-log.ts";

const values = z.record(z.string(), z.string());
const seconds = z.union([z.number(), z.tuple([z.number(), z.number()])]);

/** One case of the language by example: what a run is given, and what must come of it. */
export const exampleSchema = z.strictObject({
  name: z.string(),
  given: z.strictObject({
    event: anyJson.optional(),
    /** Events of runs before this one, which share its cache. */
    earlier: z.array(anyJson).default([]),
    /** The event as it comes over the wire, instead of `event` as JSON. */
    body: z.union([z.string(), z.strictObject({ base64: z.base64() })]).optional(),
    content_type: z.string().optional(),
    env: values.optional(),
    workflows: z.record(z.string(), jsonMapping).optional(),
    secrets: values.optional(),
    workflow: z.string().optional(),
    steps: z.array(anyJson).optional(),
    on_failure: z.array(anyJson).optional(),
    defaults: jsonMapping.optional(),
    output: anyJson.optional(),
    strict: z.boolean().optional(),
    timeout: z.number().optional(),
    http: z.array(anyJson).optional(),
    llm: z.array(anyJson).optional(),
    now: z.string().optional(),
  }),
  then: z.strictObject({
    status: z.enum(["succeeded", "failed", "dropped", "cancelled"]).default("succeeded"),
    state: anyJson.optional(),
    state_has: anyJson.optional(),
    output: anyJson.optional(),
    class: z.string().optional(),
    step: z.string().optional(),
    message: z.string().optional(),
    reason: z.string().optional(),
    calls: z.array(jsonMapping).optional(),
    llm_calls: z.array(jsonMapping).optional(),
    slept: z.array(seconds).optional(),
    steps: z.array(jsonMapping).optional(),
    cost_usd: z.number().optional(),
    saved_usd: z.number().optional(),
    warnings: z.array(z.string()).optional(),
    logs: z.array(z.union([z.string(), jsonMapping])).optional(),
  }),
});

/** One case. */
export type Example = z.infer<typeof exampleSchema>;

/** Runs a case in this process, with time and chance of its own, and checks everything that it states. */
export async function checkExample({ given, then }: Example, interpreters: Interpreters): Promise<RunView> {
  const { view, script, clock } = await runExample(given, interpreters);
  checkOutcome(view, then);
  checkCalls(
    script.calls.filter(({ url }) => url !== undefined),
    then.calls,
  );
  checkCalls(
    script.calls.filter(({ provider }) => provider !== undefined),
    then.llm_calls,
  );
  expect({ unused: script.unused() }).toEqual({ unused: [] });
  if (then.slept) checkSlept(clock, then.slept);
  checkSecrets(view, given.secrets ?? {});
  return view;
}

function bodyOf({ event = {}, body = formatJson(event) }: Example["given"]): Uint8Array {
  return typeof body === "string" ? Buffer.from(body) : Buffer.from(body.base64, "base64");
}

/** Runs what a case gives: the run, its own journal, and what it was made with. */
export async function runExample(given: Example["given"], interpreters: Interpreters) {
  const workflow = load(workflowText(given));
  const find = finder(workflow, given.workflows ?? {});
  const clock = virtualClock(given.now === undefined ? undefined : Date.parse(given.now));
  const script = parseScript({ http: given.http ?? [], llm: given.llm ?? [] });
  const eventOf = (body: Uint8Array) => ({
    body,
    contentType: mediaType(given.content_type ?? "application/json"),
    request: {
      method: "POST",
      path: "/test",
      query: {},
      headers: {},
      received_at: "2026-01-02T03:04:05.000Z",
      delivery_id: "d-1",
    },
  });
  const made = {
    workflow,
    environment: [given.env ?? {}, given.secrets ?? {}],
    stage: "test",
    steps: stepTypes,
    script,
    clock,
    random: seededRandom(),
    cache: createMemoryCache(),
    find,
    log: keptLog(),
  };
  for (const earlier of given.earlier) {
    const body = Buffer.from(formatJson(earlier));
    await runScripted({ ...made, event: eventOf(body) }, interpreters);
  }
  const journal: JournalEntry[] = [];
  const onStep = (entry: JournalEntry, depth: number) => void (depth === 0 && journal.push(entry));
  const event = eventOf(bodyOf(given));
  const view = await runScripted({ ...made, event, onStep }, interpreters);
  return { view, script, clock, workflow, find, event, journal };
}

/** The workflow file of a case. */
export function workflowText(given: Example["given"]): string {
  const { env = {}, secrets = {}, steps = [], on_failure, defaults, output, strict, timeout } = given;
  const environment = [...Object.keys(env), ...Object.keys(secrets).map((name) => ({ name, secret: true }))];
  const file = { name: "example", environment, steps, on_failure, defaults, output, strict, timeout };
  const present = Object.fromEntries(Object.entries(file).filter(([, value]) => value !== undefined));
  return given.workflow ?? stringify(present, { aliasDuplicateObjects: false });
}

function load(text: string): Workflow {
  const { workflow, problems } = loadWorkflow(text, "example.yaml");
  if (!workflow) throw new Error(problems.map(formatProblem).join("\n"));
  return workflow;
}

/** The workflows that a case gives beside its own. */
function finder(own: Workflow, given: { readonly [name: string]: JsonObject }): (name: string) => Workflow {
  const all = new Map([[own.name, own]]);
  for (const [name, file] of Object.entries(given)) all.set(name, load(stringify({ name, ...file })));
  return (name) => {
    const found = all.get(name);
    if (!found) throw new FlowError("config_error", `there is no workflow ${name}`);
    return found;
  };
}

function checkOutcome(view: RunView, then: Example["then"]): void {
  const shown = { status: view.status, error: view.error, reason: view.reason };
  expect(shown).toMatchObject({ status: then.status });
  if (then.class !== undefined) expect(shown).toMatchObject({ error: { class: then.class } });
  if (then.step !== undefined) expect(shown).toMatchObject({ error: { step: then.step } });
  if (then.message !== undefined) expect(view.error?.message).toContain(then.message);
  if (then.reason !== undefined) expect(view.reason).toContain(then.reason);
  if (then.state !== undefined) expect(plain(view.state)).toEqual(plain(then.state));
  if (then.state_has !== undefined) expect(plain(view.state)).toMatchObject(plain(then.state_has) as object);
  if (then.cost_usd !== undefined) expect(view.cost_usd).toBeCloseTo(then.cost_usd, 10);
  if (then.saved_usd !== undefined) expect(view.saved_usd).toBeCloseTo(then.saved_usd, 10);
  if (then.output !== undefined) expect(plain(view.output)).toEqual(plain(then.output));
  for (const step of then.steps ?? []) {
    expect(plain(view.steps as unknown as Json)).toContainEqual(
      expect.objectContaining(plain(step) as object),
    );
  }
  const warnings = view.steps.flatMap((step) => step.warnings);
  for (const warning of then.warnings ?? [])
    expect(warnings).toContainEqual(expect.stringContaining(warning));
  const logs = view.steps.flatMap((step) => step.logs);
  for (const line of then.logs ?? []) {
    const message = typeof line === "string" ? line : String(line.message);
    const rest = typeof line === "string" ? {} : line;
    expect(logs).toContainEqual(
      expect.objectContaining({ ...rest, message: expect.stringContaining(message) }),
    );
  }
}

function checkCalls(made: readonly JsonObject[], expected: readonly JsonObject[] | undefined): void {
  if (expected === undefined) return;
  expect(made).toHaveLength(expected.length);
  for (const [index, call] of expected.entries())
    expect(plain(made[index] ?? null)).toMatchObject(plain(call) as object);
}

function checkSlept(clock: VirtualClock, expected: readonly (number | [number, number])[]): void {
  const slept = clock.slept.map((ms) => ms / 1000);
  expect(slept).toHaveLength(expected.length);
  for (const [index, wait] of expected.entries()) {
    const [from, to] = typeof wait === "number" ? [wait, wait] : wait;
    expect(slept[index]).toBeGreaterThanOrEqual(from);
    expect(slept[index]).toBeLessThanOrEqual(to);
  }
}

function checkSecrets(view: RunView, secrets: { readonly [name: string]: string }): void {
  const text = JSON.stringify(readPath(plain(view as unknown as Json), []));
  for (const secret of Object.values(secrets).filter(({ length }) => length >= 4))
    expect(text).not.toContain(secret);
}

/** Exact numbers compare by their digits. */
function plain(value: Json): Json {
  return JSON.parse(
    JSON.stringify(value, (_key, item) => (JSON.isRawJSON(item) ? `number ${item.rawJSON}` : item)),
  );
}
