import { toFlowError } from "../core/flow-error.ts";
import type { InputEntry } from "../core/workflow.ts";
import { type EnvironmentSource, STAGE_NAME, valueOfName } from "../engine/environment.ts";
import { answerHandshake, handshakeOf } from "../webhooks/answer-handshake.ts";
import type { Refusal } from "../webhooks/refusal.ts";
import type { WebhookRequest } from "../webhooks/request.ts";
import { type VerifyContext, verifyDelivery } from "../webhooks/verify-delivery.ts";
import type { Ingest } from "./store-event.ts";
import { unavailable, type WebhookAnswer } from "./webhook-answer.ts";

/** A delivery that may become a run, or what its sender gets instead. */
export type Admission =
  | { readonly kind: "admitted" }
  | { readonly kind: "answered"; readonly answer: WebhookAnswer }
  | Refusal;

const ADMITTED: Admission = { kind: "admitted" };

/** Whether a delivery is from whom its workflow expects; a service's question whether somebody is there is answered. */
export async function admitDelivery(
  ingest: Ingest,
  entry: InputEntry,
  request: WebhookRequest,
): Promise<Admission> {
  const { verify, handshakes = [] } = entry.webhook ?? {};
  const handshake = handshakeOf(handshakes, request);
  if (!handshake && request.method !== "POST") return { kind: "answered", answer: { status: 404 } };
  try {
    const context = await contextOf(ingest, entry);
    if (verify && (!handshake || handshake.trust === "signature")) {
      const verdict = await verifyDelivery(verify, request, context);
      if (verdict.kind === "refused") return verdict;
    }
    if (!handshake) return ADMITTED;
    const result = answerHandshake(handshake, verify, request, context);
    if (result.kind === "refused") return result;
    ingest.log.write({ level: "info", message: "handshake answered", fields: { workflow: entry.name } });
    const { status, contentType, headers, body } = result;
    return {
      kind: "answered",
      answer: { status, headers: { "content-type": contentType, ...headers }, body },
    };
  } catch (thrown) {
    const { message } = toFlowError(thrown);
    ingest.log.write({
      level: "error",
      message: `a delivery cannot be verified: ${message}`,
      fields: { workflow: entry.name },
    });
    return { kind: "answered", answer: unavailable("the delivery cannot be verified now, send it again") };
  }
}

/** What is read of the environment is what the input names; a stage without such an input asks for no secret. */
async function contextOf(
  { secrets, plainEnvironment, stage, clock }: Ingest,
  { environment = [] }: InputEntry,
): Promise<VerifyContext> {
  const stored: EnvironmentSource = environment.length > 0 ? await secrets.workflowSecrets() : {};
  const sources = [{ [STAGE_NAME]: stage }, stored, plainEnvironment];
  const names = new Map(environment.map((one) => [one.name, one]));
  return {
    now: clock.now(),
    env(name) {
      const known = names.get(name);
      return known && valueOfName(known, sources);
    },
  };
}
