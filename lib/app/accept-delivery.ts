import { toFlowError } from "../core/flow-error.ts";
import type { NamedRun } from "../core/ports/deliveries.ts";
import type { StoredEvent } from "../core/run.ts";
import type { InputEntry } from "../core/workflow.ts";
import type { WebhookRequest } from "../webhooks/request.ts";
import { bodyProblem, deliveryEvent } from "./delivery-event.ts";
import type { Handled } from "./handled.ts";
import type { InputEnvironment } from "./input-environment.ts";
import { type Ingest, storeEvent } from "./store-event.ts";
import { takeTurn } from "./take-turn.ts";
import { unavailable } from "./webhook-answer.ts";

/**
 * Stores and enqueues a delivery that is from whom the workflow expects; one that the workflow has had is the run that it
 * was, one that it does not want is a run that is dropped. A 2xx means that it is stored (execution.md, P1).
 */
export async function acceptDelivery(
  ingest: Ingest,
  entry: InputEntry,
  request: WebhookRequest,
  env: InputEnvironment,
): Promise<Handled> {
  const { verify, schema, dedupe, filter, limits } = entry.webhook ?? {};
  const now = ingest.clock.now();
  const event = deliveryEvent(ingest, request, now, verify);
  const problem = bodyProblem(event);
  if (problem !== undefined) return invalid({ status: 400, body: { error: `the body ${problem}` } }, problem);
  if (!schema && !dedupe && !filter && !limits)
    return store(ingest, entry, { event, request, run: newName(ingest, now), dedupe: "off" });

  // Most inputs ask for none of it: what judges is loaded when one does.
  const { judgeEvent } = await import("./judge-event.ts");
  const { misfits, droppedFor, key, rateKey } = await judgeEvent(entry, ingest.stage, event, env);
  const [misfit] = misfits;
  if (misfit) {
    const problems = misfits.map((one) => ({ ...one }));
    const body = { error: "the body does not fit the workflow's schema", problems };
    return invalid({ status: 422, body }, `${misfit.pointer}: ${misfit.message}`);
  }
  if (!dedupe || key === undefined) {
    const run = newName(ingest, now);
    const acceptance = {
      event,
      request,
      run,
      droppedFor,
      rateKey,
      dedupe: dedupe ? "no_key" : "off",
    } as const;
    return storeInTurn(ingest, entry, acceptance);
  }
  try {
    const mine = newName(ingest, now);
    const until = now + dedupe.windowSeconds * 1000;
    const run = await ingest.deliveries.name({ workflow: entry.name, key, until }, mine);
    const acceptance = { event, request, run, droppedFor, rateKey };
    if (run.runId === mine.runId) return await storeInTurn(ingest, entry, { ...acceptance, dedupe: "new" });
    const status = await ingest.store.status(run.runId);
    // Whoever named the run has not stored it, or not yet: of all who do, one makes it.
    if (status === undefined) return await storeInTurn(ingest, entry, { ...acceptance, dedupe: "duplicate" });
    return {
      answer: { status: 202, body: { run_id: run.runId, status, dedupe: "duplicate" } },
      runId: run.runId,
      receipt: { outcome: "duplicate", reason: "duplicate", runId: run.runId },
    };
  } catch (thrown) {
    return unstored(ingest, entry, thrown);
  }
}

interface Acceptance {
  readonly event: StoredEvent;
  readonly request: WebhookRequest;
  readonly run: NamedRun;
  readonly droppedFor?: string | undefined;
  readonly rateKey?: string | undefined;
  /** What the sender is told of dedupe. */
  readonly dedupe: "off" | "no_key" | "new" | "duplicate";
}

/** One that is dropped takes nobody's turn. */
async function storeInTurn(ingest: Ingest, entry: InputEntry, acceptance: Acceptance): Promise<Handled> {
  const rate = entry.webhook?.limits?.rate;
  if (!rate || acceptance.droppedFor !== undefined) return store(ingest, entry, acceptance);
  try {
    const turn = await takeTurn(ingest, { workflow: entry.name, rate, key: acceptance.rateKey });
    return turn.kind === "limited" ? turn : await store(ingest, entry, acceptance, turn.later);
  } catch (thrown) {
    return unstored(ingest, entry, thrown);
  }
}

async function store(
  ingest: Ingest,
  entry: InputEntry,
  acceptance: Acceptance,
  later?: { readonly at: number; readonly waitMs: number },
): Promise<Handled> {
  const { event, request, run, droppedFor, dedupe } = acceptance;
  const { runId, createdAt: now } = run;
  const { preset } = entry.webhook ?? {};
  const delivery = {
    bytes: event.body.length,
    sourceIp: request.sourceIp,
    ...(preset !== undefined && { preset }),
  };
  const fields = { run_id: runId, workflow: entry.name };
  try {
    await storeEvent(ingest, entry, event, {
      runId,
      now,
      delivery,
      later,
      ...(droppedFor !== undefined && { droppedFor }),
    });
  } catch (thrown) {
    // Others may have been told of a run that has a name: it stays, and a sender that tries again is told of it too.
    const mayStay = dedupe === "new" || dedupe === "duplicate";
    if (mayStay || !(await isKept(ingest, runId))) return unstored(ingest, entry, thrown, runId);
    const { message, class: errorClass } = toFlowError(thrown);
    ingest.log.write({
      level: "error",
      message: `event accepted, though ${message}`,
      fields: { ...fields, class: errorClass },
    });
  }
  ingest.log.write({
    level: "info",
    message: droppedFor === undefined ? "event accepted" : `event dropped: ${droppedFor}`,
    fields: { ...fields, bytes: event.body.length },
  });
  const answer =
    droppedFor === undefined
      ? ({ status: 202, body: { run_id: runId, status: "queued", dedupe, ...beginning(later) } } as const)
      : ({ status: 200, body: { run_id: runId, status: "dropped", dedupe, reason: droppedFor } } as const);
  return {
    answer,
    ...(droppedFor === undefined && { runId }),
    ...(dedupe === "duplicate" && { receipt: { outcome: "duplicate", reason: "duplicate", runId } as const }),
  };
}

function beginning(later: { readonly at: number } | undefined): { readonly begins_at?: string } {
  return later ? { begins_at: new Date(later.at).toISOString() } : {};
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
    log.write({ level: "error", message: `what was refused may run: ${message}`, fields: { run_id: runId } });
    return false;
  }
}

function unstored({ log }: Ingest, { name }: InputEntry, thrown: unknown, runId?: string): Handled {
  const { message, class: errorClass } = toFlowError(thrown);
  log.write({
    level: "error",
    message: `event refused: ${message}`,
    fields: { ...(runId !== undefined && { run_id: runId }), workflow: name, class: errorClass },
  });
  return { answer: unavailable("the event could not be stored, send it again") };
}

function invalid(answer: Handled["answer"], reason: string): Handled {
  return { answer, receipt: { outcome: "invalid", reason } };
}

function newName({ random }: Ingest, createdAt: number): NamedRun {
  return { runId: random.timeOrderedUuid(createdAt), createdAt };
}
