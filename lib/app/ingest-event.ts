import { toFlowError } from "../core/flow-error.ts";
import { type InputEntry, isDeployedTo } from "../core/workflow.ts";
import type { WebhookRequest } from "../webhooks/request.ts";
import { acceptDelivery } from "./accept-delivery.ts";
import { admitDelivery } from "./admit-delivery.ts";
import type { Handled } from "./handled.ts";
import { inputEnvironment } from "./input-environment.ts";
import { keepReceipt } from "./keep-receipt.ts";
import { refuseTooLarge } from "./refuse-too-large.ts";
import { servedEntry } from "./served-entry.ts";
import type { Ingest } from "./store-event.ts";
import { unavailable, type WebhookAnswer } from "./webhook-answer.ts";
import { isSecurityHash, workflowIdOf } from "./webhook-url.ts";

const PATH = /^\/v1\/webhooks\/([^/]+)\/([^/]+)\/([^/]+)$/;
const NOT_FOUND: WebhookAnswer = { status: 404 };

/** Checks, stores, enqueues and answers one delivery: a 202 means that the event is stored (execution.md, P1). */
export async function ingestEvent(ingest: Ingest, request: WebhookRequest): Promise<WebhookAnswer> {
  const { metrics, clock } = ingest;
  const begunAt = clock.now();
  const answer = await answerTo(ingest, request);
  metrics.add(answer.status < 400 ? "Answers2xx" : answer.status < 500 ? "Answers4xx" : "Answers5xx", 1);
  metrics.add("IngestLatency", clock.now() - begunAt);
  return answer;
}

async function answerTo(ingest: Ingest, request: WebhookRequest): Promise<WebhookAnswer> {
  const place = PATH.exec(request.path);
  const [, orgId = "", workflowId = "", hash = ""] = place ?? [];
  const entry = httpInputs(ingest).get(workflowId);
  const keys = await readKeys(ingest, entry?.name ?? "");
  if (!keys) return unavailable("the stage's webhook key cannot be read");
  // Hash and organisation are looked at for an unknown workflow too: all wrong answers take the same time.
  const isHere = orgId === ingest.orgId;
  const isRight = isSecurityHash(hash, keys, ingest.orgId, workflowId);
  if (!isRight || !isHere || !entry) return NOT_FOUND;
  const served = await servedInput(ingest, entry, request);
  if (!served) return unavailable("which version of the workflow serves cannot be read");
  const handled = await handle(ingest, served, request);
  await keepReceipt(ingest, served, request, handled);
  return (await awaited(ingest, served, handled)) ?? handled.answer;
}

/** Copies of a delivery go to the same version, since what makes them copies is for its file to say. */
async function servedInput(
  ingest: Ingest,
  entry: InputEntry,
  { body }: WebhookRequest,
): Promise<InputEntry | undefined> {
  const { random, clock, log } = ingest;
  try {
    return await servedEntry(ingest, entry, () =>
      entry.webhook?.dedupe ? body : random.timeOrderedUuid(clock.now()),
    );
  } catch (thrown) {
    const { message } = toFlowError(thrown);
    log.write({
      level: "error",
      message: `which version serves: ${message}`,
      fields: { workflow: entry.name },
    });
    return undefined;
  }
}

/** What came of the run, where the input lets its sender wait for that. */
async function awaited(
  ingest: Ingest,
  entry: InputEntry,
  { runId }: Handled,
): Promise<WebhookAnswer | undefined> {
  const rule = entry.webhook?.respond;
  if (!rule || runId === undefined) return undefined;
  const { awaitAnswer } = await import("./await-answer.ts");
  return awaitAnswer(ingest, runId, rule, await inputEnvironment(ingest, entry));
}

async function handle(ingest: Ingest, entry: InputEntry, request: WebhookRequest): Promise<Handled> {
  const refusal = refuseTooLarge(ingest, request);
  if (refusal) return refusal;
  const admission = await admitDelivery(ingest, entry, request);
  return admission.kind === "admitted" ? acceptDelivery(ingest, entry, request, admission.env) : admission;
}

async function readKeys({ secrets, log }: Ingest, workflow: string): Promise<readonly string[] | undefined> {
  try {
    return await secrets.webhookKeys(workflow);
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
