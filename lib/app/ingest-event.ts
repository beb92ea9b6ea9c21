import { CREDENTIAL_HEADERS } from "../core/credential-headers.ts";
import { bodyKindOf, decodeUtf8, mediaType } from "../core/event-body.ts";
import { toFlowError } from "../core/flow-error.ts";
import { DEEPEST_EVENT, jsonDepth } from "../core/json-depth.ts";
import { findJsonError } from "../core/json-error.ts";
import { REDACTED } from "../core/redactor.ts";
import type { StoredEvent } from "../core/run.ts";
import type { Verification } from "../core/verification.ts";
import { type InputEntry, isDeployedTo } from "../core/workflow.ts";
import type { WebhookRequest } from "../webhooks/request.ts";
import { admitDelivery } from "./admit-delivery.ts";
import { type Ingest, storeEvent } from "./store-event.ts";
import { unavailable, type WebhookAnswer } from "./webhook-answer.ts";
import { isSecurityHash, workflowIdOf } from "./webhook-url.ts";

const PATH = /^\/v1\/webhooks\/([^/]+)\/([^/]+)\/([^/]+)$/;
const NOT_FOUND: WebhookAnswer = { status: 404 };

/** Checks, stores, enqueues and answers one delivery: a 202 means that the event is stored (execution.md, P1). */
export async function ingestEvent(ingest: Ingest, request: WebhookRequest): Promise<WebhookAnswer> {
  const place = PATH.exec(request.path);
  const keys = await readKeys(ingest);
  if (!keys) return unavailable("the stage's webhook key cannot be read");
  const [, orgId = "", workflowId = "", hash = ""] = place ?? [];
  const entry = httpInputs(ingest).get(workflowId);
  // The hash is computed for an unknown workflow too: both wrong answers take the same time.
  const known = isSecurityHash(hash, keys, ingest.orgId, workflowId);
  if (!known || !entry || orgId !== ingest.orgId) return NOT_FOUND;
  if (request.body.length > ingest.maxBodyBytes) {
    return {
      status: 413,
      body: {
        error: `the body has ${request.body.length} bytes, more than the ${ingest.maxBodyBytes} that are accepted`,
      },
    };
  }
  const admission = await admitDelivery(ingest, entry, request);
  if (admission.kind === "answered") return admission.answer;
  if (admission.kind === "refused") {
    const { status, reason, message } = admission;
    ingest.log.write({
      level: "warn",
      message: "delivery refused",
      fields: { workflow: entry.name, reason },
    });
    return { status, body: { error: message, reason } };
  }
  const contentType = mediaType(request.headers["content-type"]);
  const problem = bodyKindOf(contentType) === "json" ? jsonProblem(request.body) : undefined;
  if (problem !== undefined) return { status: 400, body: { error: `the body ${problem}` } };
  const now = ingest.clock.now();
  const credentials = [...CREDENTIAL_HEADERS, ...credentialHeadersOf(entry.webhook?.verify)];
  const event: StoredEvent = {
    body: request.body,
    contentType,
    request: {
      method: request.method,
      path: `/v1/webhooks/${orgId}/${workflowId}/${REDACTED}`,
      query: request.query,
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [
          name,
          credentials.includes(name) ? REDACTED : value,
        ]),
      ),
      received_at: new Date(now).toISOString(),
      delivery_id: ingest.random.uuid(),
    },
  };
  return accept(ingest, entry, event, ingest.random.timeOrderedUuid(now), now);
}

/** Headers in which a credential itself travels. */
function credentialHeadersOf(verify: Verification | undefined): readonly string[] {
  return verify?.scheme === "header" || verify?.scheme === "jwt" ? [verify.header] : [];
}

async function accept(
  ingest: Ingest,
  entry: InputEntry,
  event: StoredEvent,
  runId: string,
  now: number,
): Promise<WebhookAnswer> {
  try {
    await storeEvent(ingest, entry, event, { runId, now });
  } catch (thrown) {
    const error = toFlowError(thrown);
    const kept = await isKept(ingest, runId);
    ingest.log.write({
      level: "error",
      message: kept ? `event accepted, though ${error.message}` : `event refused: ${error.message}`,
      fields: { run_id: runId, workflow: entry.name, class: error.class },
    });
    if (!kept) return unavailable("the event could not be stored, send it again");
  }
  const body = { run_id: runId, status: "queued" };
  ingest.log.write({
    level: "info",
    message: "event accepted",
    fields: { run_id: runId, workflow: entry.name, bytes: event.body.length },
  });
  return { status: 202, body };
}

/**
 * Takes back what may have been stored before the answer got lost: the sender will send again. True when a runner has
 * it already: then it was accepted after all.
 */
async function isKept({ store, log }: Ingest, runId: string): Promise<boolean> {
  try {
    return !(await store.discard(runId));
  } catch (thrown) {
    const { message } = toFlowError(thrown);
    log.write({
      level: "error",
      message: `what was refused may run: ${message}`,
      fields: { run_id: runId },
    });
    return false;
  }
}

async function readKeys({ secrets, log }: Ingest): Promise<readonly string[] | undefined> {
  try {
    return await secrets.webhookKeys();
  } catch (thrown) {
    log.write({ level: "error", message: `webhook key: ${toFlowError(thrown).message}` });
    return undefined;
  }
}

const tables = new WeakMap<readonly InputEntry[], ReadonlyMap<string, InputEntry>>();

/** The stage's webhooks by workflow id; made once for each version of the table. */
function httpInputs({ inputs, stage }: Ingest): ReadonlyMap<string, InputEntry> {
  const entries = inputs.all();
  const known = tables.get(entries);
  if (known) return known;
  const here = entries.filter((entry) => entry.type === "http_webhook" && isDeployedTo(stage, entry));
  const table = new Map(here.map((entry) => [workflowIdOf(stage, entry.name), entry]));
  tables.set(entries, table);
  return table;
}

function jsonProblem(body: Uint8Array): string | undefined {
  if (body.length === 0) return undefined;
  const text = decodeUtf8(body);
  if (text === undefined) return "is not JSON: it is not valid UTF-8";
  try {
    JSON.parse(text);
    return jsonDepth(text) > DEEPEST_EVENT ? `is nested more than ${DEEPEST_EVENT} levels deep` : undefined;
  } catch (error) {
    return `is not JSON: ${findJsonError(text)?.message ?? String(error)}`;
  }
}
