import type { JsonObject } from "../core/json.ts";
import type { StoredEvent } from "../core/run.ts";
import type { InputEntry } from "../core/workflow.ts";
import type { WebhookRequest } from "../webhooks/request.ts";
import { bodyOf, bodyProblem } from "./delivery-body.ts";
import { deliveryEvent } from "./delivery-event.ts";
import type { Handled } from "./handled.ts";
import type { InputEnvironment } from "./input-environment.ts";
import { joinBurst } from "./join-burst.ts";
import type { EventJudgement } from "./judge-event.ts";
import { nameDelivery } from "./name-delivery.ts";
import { notStored } from "./not-stored.ts";
import { storeDelivery } from "./store-delivery.ts";
import type { Accepting } from "./store-event.ts";
import { takeTurn } from "./take-turn.ts";

/**
 * Stores and enqueues a delivery that is from whom the workflow expects; one that the workflow has had is the run that it
 * was, one that it does not want is a run that is dropped. A 2xx means that it is stored (execution.md, P1).
 */
export async function acceptDelivery(
  ingest: Accepting,
  entry: InputEntry,
  request: WebhookRequest,
  env: InputEnvironment,
): Promise<Handled> {
  const problem = bodyProblem(request);
  if (problem !== undefined) return invalid(400, { error: `the body ${problem}` }, problem);
  const now = ingest.clock.now();
  const event = deliveryEvent(ingest, request, now, entry.webhook?.verify);
  const { misfits, droppedFor, key, rateKey, burstKey, batchKey } = await judge(
    ingest,
    entry,
    request,
    event,
    env,
  );
  const [misfit] = misfits;
  if (misfit) {
    const problems = misfits.map((one) => ({ ...one }));
    const body = { error: "the body does not fit the workflow's schema", problems };
    return invalid(422, body, `${misfit.pointer}: ${misfit.message}`);
  }
  try {
    const name = await nameDelivery(ingest, entry, key, now);
    if (name.kind === "made") return name;
    const batch = entry.webhook?.limits?.batch;
    // One that is dropped takes nobody's turn, and follows nobody; a copy of one that is in a batch has had its turn.
    const isKnown = batch && name.dedupe === "duplicate" && (await isInBatch(ingest, name.run.runId));
    const turn =
      droppedFor === undefined && !isKnown
        ? await takeTurn(ingest, entry, rateKey)
        : { kind: "taken" as const };
    if (turn.kind === "limited") return turn;
    if (batch && droppedFor === undefined) {
      const { joinBatch } = await import("./join-batch.ts");
      return await joinBatch(ingest, entry, batch, { ...name, event, body: bodyOf(request), key: batchKey });
    }
    const burst =
      droppedFor === undefined ? await joinBurst(ingest, entry, name.run.runId, burstKey) : undefined;
    const { later } = turn;
    return await storeDelivery(ingest, entry, { ...name, event, from: request, droppedFor, later, burst });
  } catch (thrown) {
    return notStored(ingest, entry, thrown);
  }
}

async function isInBatch({ store }: Accepting, id: string): Promise<boolean> {
  return (await store.batches.spotOf(id)) !== undefined;
}

async function judge(
  { stage }: Accepting,
  entry: InputEntry,
  request: WebhookRequest,
  event: StoredEvent,
  env: InputEnvironment,
): Promise<EventJudgement> {
  const { schema, dedupe, filter, limits } = entry.webhook ?? {};
  // Most inputs ask for none of it: what judges is loaded when one does.
  if (!schema && !dedupe && !filter && !limits) return { misfits: [] };
  const { judgeEvent } = await import("./judge-event.ts");
  return judgeEvent(entry, stage, { body: bodyOf(request), request: event.request }, env);
}

function invalid(status: 400 | 422, body: JsonObject, reason: string): Handled {
  return { answer: { status, body }, receipt: { outcome: "invalid", reason } };
}
