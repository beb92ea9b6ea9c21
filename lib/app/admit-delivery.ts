import { toFlowError } from "../core/flow-error.ts";
import type { Handshake } from "../core/verification.ts";
import type { InputEntry } from "../core/workflow.ts";
import { answerHandshake, handshakeOf } from "../webhooks/answer-handshake.ts";
import type { Refusal } from "../webhooks/refusal.ts";
import { textAt, type WebhookRequest } from "../webhooks/request.ts";
import { verifyDelivery } from "../webhooks/verify-delivery.ts";
import type { Handled } from "./handled.ts";
import { type InputEnvironment, inputEnvironment } from "./input-environment.ts";
import type { Ingest } from "./store-event.ts";
import { unavailable } from "./webhook-answer.ts";

/** In characters; those of services have some dozens. */
const LONGEST_SECRET = 1_000;

/** A delivery that may become a run, or what came of it instead. */
export type Admission = { readonly kind: "admitted"; readonly env: InputEnvironment } | HandledDelivery;

type HandledDelivery = { readonly kind: "handled" } & Handled;

/** Whether a delivery is from whom its workflow expects; a service's question whether somebody is there is answered. */
export async function admitDelivery(
  ingest: Ingest,
  entry: InputEntry,
  request: WebhookRequest,
): Promise<Admission> {
  const { verify, handshakes = [] } = entry.webhook ?? {};
  const handshake = handshakeOf(handshakes, request);
  if (!handshake && request.method !== "POST") return { kind: "handled", answer: { status: 404 } };
  try {
    const env = await inputEnvironment(ingest, entry);
    const context = { now: ingest.clock.now(), env };
    if (verify && (!handshake || handshake.trust === "signature")) {
      const verdict = await verifyDelivery(verify, request, context);
      if (verdict.kind === "refused") return refused(verdict);
    }
    if (!handshake) return { kind: "admitted", env };
    const result = answerHandshake(handshake, verify, request, context);
    if (result.kind === "refused") return refused(result);
    await keepSecret(ingest, entry, handshake, request);
    const { status, contentType, headers, body } = result;
    return {
      kind: "handled",
      answer: { status, headers: { "content-type": contentType, ...headers }, body },
      receipt: { outcome: "handshake", reason: "handshake" },
    };
  } catch (thrown) {
    const { message } = toFlowError(thrown);
    ingest.log.write({
      level: "error",
      message: `a delivery cannot be verified: ${message}`,
      fields: { workflow: entry.name },
    });
    return { kind: "handled", answer: unavailable("the delivery cannot be verified now, send it again") };
  }
}

/** A secret is kept for whoever waits for it (`hookline url --pair`), and nobody hears of any other. */
async function keepSecret(
  { pairings, clock }: Ingest,
  { name }: InputEntry,
  { secret: place }: Handshake,
  request: WebhookRequest,
): Promise<void> {
  const secret = place && textAt(request, place);
  if (secret && secret.length <= LONGEST_SECRET) await pairings.give(name, secret, clock.now());
}

function refused({ status, reason, message }: Refusal): HandledDelivery {
  return {
    kind: "handled",
    answer: { status, body: { error: message, reason } },
    receipt: { outcome: "refused", reason },
  };
}
