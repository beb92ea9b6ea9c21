import { STAGE_NAME } from "../../core/environment-source.ts";
import { bodyKindOf, decodeUtf8, readBody } from "../../core/event-body.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { RunRecord, StoredEvent } from "../../core/run.ts";
import type { AnyStep } from "../../core/step.ts";
import type { Workflow } from "../../core/workflow.ts";
import { hasRefusedKey } from "./case-yaml.ts";
import { recordedAnswers } from "./recorded-answers.ts";

/**
 * What a case is given so that a run happens again. `known`: values of the environment that are no secrets; the others
 * get made up ones, with `word` in them.
 */
export function recordedGiven(
  run: RunRecord,
  workflow: Workflow,
  steps: ReadonlyMap<string, AnyStep>,
  known: (name: string) => string | undefined,
  word = "test",
): JsonObject {
  const environment = environmentOf(workflow, known, missingNames(run), word);
  const request = requestOf(run.event, workflow);
  const answers = recordedAnswers(workflow, run.journal, steps);
  return {
    ...eventOf(run.event),
    ...(Object.keys(request).length > 0 && { request }),
    ...(Object.keys(environment).length > 0 && { environment }),
    stage: run.stage,
    now: new Date(run.startedAt ?? run.createdAt).toISOString(),
    ...(answers.length > 0 && { answers }),
  };
}

function eventOf(event: StoredEvent): JsonObject {
  const { body, contentType } = event;
  if (bodyKindOf(contentType) === "json" && body.length > 0) {
    const value = readBody(event);
    if (!hasRefusedKey(value)) return { event: value };
  }
  const type = contentType === "" ? {} : { content_type: contentType };
  const text = decodeUtf8(body);
  return text === undefined
    ? { base64: Buffer.from(body).toString("base64"), ...type }
    : { body: text, ...type };
}

/** Headers and query parameters that the workflow reads by name; the rest of a request is its sender's business. */
function requestOf({ request }: StoredEvent, workflow: Workflow): JsonObject {
  const text = JSON.stringify([workflow.steps, workflow.onFailure, workflow.output ?? null]);
  const read = (part: "headers" | "query"): JsonObject => {
    const names = text.matchAll(new RegExp(`request\\.${part}(?:\\.|\\[\\\\?["'])([\\w-]+)`, "g"));
    const values = [...names].map(([, name = ""]) => [name, request[part][name]] as const);
    return Object.fromEntries(values.filter((entry): entry is [string, Json] => entry[1] !== undefined));
  };
  const [headers, query] = [read("headers"), read("query")];
  return {
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(Object.keys(query).length > 0 && { query }),
  };
}

/** Secrets get values of their own, which are blanked as the real ones were; so do names whose value nobody knows. */
function environmentOf(
  { environment }: Workflow,
  known: (name: string) => string | undefined,
  missing: readonly string[],
  word: string,
): JsonObject {
  const values = environment.flatMap(({ name, secret, default: fallback, required }) => {
    if (name === STAGE_NAME || missing.includes(name)) return [];
    const value = secret ? undefined : known(name);
    if (value !== undefined) return [[name, value] as const];
    return fallback === undefined && (required || secret) ? [[name, placeholder(name, word)] as const] : [];
  });
  return Object.fromEntries(values);
}

/** Names without which the run could not begin. */
function missingNames({ error }: RunRecord): readonly string[] {
  const missing = error?.step === null ? error.details.missing : undefined;
  return Array.isArray(missing) ? missing.map(String) : [];
}

function placeholder(name: string, word: string): string {
  const isAddress = /URL|URI|WEBHOOK|HOOK|HOST|ENDPOINT/i.test(name);
  return isAddress ? `https://${name.toLowerCase().replaceAll("_", "-")}.${word}` : `${word}-${name}`;
}
