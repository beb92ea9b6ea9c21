import { mediaType } from "../../core/event-body.ts";
import { type FailedAttempt, isSettled, type JournalEntry, type RunError } from "../../core/journal.ts";
import { formatJson, isObject, type Json, type JsonObject } from "../../core/json.ts";
import { beside, formatPath, type Path } from "../../core/path.ts";
import type { AnyStep } from "../../core/step.ts";
import type { StepNode, Workflow } from "../../core/workflow.ts";
import { targetOf } from "../../engine/reader.ts";
import { nodesOf } from "../workflow-places.ts";
import { hasRefusedKey } from "./case-yaml.ts";

/** A step's last entry of a run, and the step. */
interface Ended {
  readonly entry: JournalEntry;
  readonly node: StepNode;
}

/**
 * The `answers` of a test file that make every effect of a run come out as its journal has it: of each step the attempts
 * that failed, then what its last one brought.
 */
export function recordedAnswers(
  workflow: Workflow,
  journal: readonly JournalEntry[],
  steps: ReadonlyMap<string, AnyStep>,
): readonly JsonObject[] {
  const nodes = new Map(nodesOf(workflow).map(({ node }) => [node.id, node]));
  const effects = lastEntries(journal).flatMap((entry): Ended[] => {
    const node = nodes.get(entry.id);
    return node?.type === entry.type && steps.get(entry.type)?.effect ? [{ entry, node }] : [];
  });
  const places = Map.groupBy(effects, ({ entry }) => entry.id);
  const asked = effects.filter(({ entry }) => !isHitOfThisRun(entry, effects));
  return asked.flatMap(({ entry, node }) => {
    const answers = answersOf(entry, node);
    if (answers.length === 0) return [];
    // The last answer stays: it repeats where the same is said again and again.
    const step = (places.get(entry.id)?.length ?? 0) > 1 ? entry.path : entry.id;
    return [answers.length === 1 ? { step, ...answers[0] } : { step, answers }];
  });
}

/** Of each place that ran, how it ended last: in an earlier delivery it may have failed. */
function lastEntries(journal: readonly JournalEntry[]): readonly JournalEntry[] {
  const last = new Map<string, JournalEntry>();
  for (const entry of journal) if (isSettled(entry) || entry.status === "failed") last.set(entry.path, entry);
  return [...last.values()].filter(({ status }) => status !== "skipped");
}

/** The case's own cache gives what such a step has written elsewhere in the run; what an earlier run left is asked for. */
function isHitOfThisRun({ status, type, patch }: JournalEntry, effects: readonly Ended[]): boolean {
  const written = JSON.stringify(patch);
  return (
    status === "cached" &&
    effects.some(
      ({ entry }) => entry.type === type && entry.status === "ok" && JSON.stringify(entry.patch) === written,
    )
  );
}

function answersOf(entry: JournalEntry, node: StepNode): readonly JsonObject[] {
  if (askedNobody(entry)) return [];
  const { error, failedAttempts = [] } = entry;
  const last = error === undefined ? answerOf(entry, node) : failureOf(error, entry);
  return [
    ...failedAttempts.map((one) => earlierFailure(one, entry)),
    { ...last, ...durationOf(entry, failedAttempts) },
  ];
}

/** Where steps run beside each other, which of them ends first is part of the story. */
function durationOf({ isolated, durationMs }: JournalEntry, failed: readonly FailedAttempt[]): JsonObject {
  const ms = durationMs - failed.reduce((sum, { waitMs }) => sum + waitMs, 0);
  return isolated !== undefined && ms > 0 ? { delay_seconds: ms / 1000 } : {};
}

/** Parameters that do not fit are found before anybody is asked, and an empty list has no vectors. */
function askedNobody({ type, error, usage }: JournalEntry): boolean {
  if (error) return ["invalid_input", "config_error"].includes(error.class);
  return type === "openai_embeddings" && usage === undefined;
}

/** Of an earlier attempt only class and status are kept; one that failed as the last did is taken to have said the same. */
function earlierFailure({ class: errorClass, status }: FailedAttempt, entry: JournalEntry): JsonObject {
  const { error } = entry;
  if (error?.class === errorClass && (error.details.status ?? undefined) === status && !entry.usage)
    return failureOf(error, entry);
  return status !== undefined && entry.type in HTTP ? { status } : { error: errorClass };
}

function failureOf({ class: errorClass, details }: RunError, entry: JournalEntry): JsonObject {
  const { status, body } = details;
  if (isChat(entry)) {
    const finish = errorClass === "truncated" ? "length" : errorClass === "refused" ? "refusal" : "stop";
    const said = finish !== "stop" || errorClass === "invalid_output";
    if (said && typeof body === "string") return { text: body, finish, ...usageOf(entry) };
    return { error: errorClass };
  }
  if (typeof status === "number" && entry.type in HTTP)
    return { status, ...(typeof body === "string" && body !== "" && { body }) };
  return { error: errorClass === "unknown_outcome" ? "connection" : errorClass };
}

/** What the other side said, worked out from what the step wrote. */
function answerOf(entry: JournalEntry, node: StepNode): JsonObject {
  const output = outputOf(entry, node);
  if (isChat(entry))
    return { text: typeof output === "string" ? output : formatJson(output), ...usageOf(entry) };
  if (entry.type === "openai_embeddings") return { vectors: output, ...usageOf(entry) };
  const meta = node.outputTo === null ? undefined : writtenAt(entry, targetOf(beside(node.outputTo, "meta")));
  if (node.params.response === "full" && isObject(output)) {
    const { status = 200, headers = {}, body = null } = output;
    return { status, headers, ...bodyOf(body, isObject(headers) ? headers["content-type"] : undefined) };
  }
  return HTTP[entry.type]?.(output, meta) ?? { output, ...(meta !== undefined && { meta }) };
}

const HTTP: { readonly [type: string]: (output: Json, meta: Json | undefined) => JsonObject } = {
  slack_webhook: () => ({ body: "ok" }),
  teams_webhook: () => ({ body: "1" }),
  http_call(output, meta) {
    const status = isObject(meta) ? meta.status : undefined;
    return { ...(status !== 200 && status !== undefined && { status }), ...bodyOf(output, undefined) };
  },
};

function isChat({ type }: JournalEntry): boolean {
  return ["openai_completion", "anthropic_chat", "gemini_chat"].includes(type);
}

/** The body that is read as this value. */
function bodyOf(value: Json, type: Json | undefined): JsonObject {
  const json = { headers: { "content-type": type ?? "application/json" } };
  if (value === null) return type === undefined ? json : {};
  if (typeof value !== "string")
    return hasRefusedKey(value) ? { ...json, body: formatJson(value) } : { body: value };
  const saysJson = typeof type === "string" && /[/+]json$/.test(mediaType(type));
  const readsAsJson = isJson(value);
  if (readsAsJson && (saysJson || /^\s*[{[]/.test(value)))
    return { ...(type === undefined && json), body: formatJson(value) };
  return { body: value };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function usageOf({ usage, patch }: JournalEntry): JsonObject {
  const beside = patch.find(({ path }) => path.at(-1)?.endsWith("_usage"))?.value;
  const told = usage ? { ...usage } : beside;
  return isObject(told) ? { usage: told } : {};
}

/** The step's result as its patch has it; null when it went nowhere. */
function outputOf(entry: JournalEntry, { inject, outputTo }: StepNode): Json {
  const { patch } = entry;
  if (outputTo === null) return null;
  const whole = writtenAt(entry, targetOf(outputTo));
  if (whole !== undefined || !inject) return whole ?? null;
  const others = ["meta", "usage"].map((suffix) => formatPath(targetOf(beside(outputTo, suffix))));
  const own = patch.filter(({ path, restores }) => !restores && !others.includes(formatPath(path)));
  return Object.fromEntries(own.map(({ path, value = null }) => [path[0] ?? "", value]));
}

function writtenAt({ patch }: JournalEntry, target: Path): Json | undefined {
  const wanted = formatPath(target);
  return patch.find(({ path, restores }) => !restores && formatPath(path) === wanted)?.value;
}
