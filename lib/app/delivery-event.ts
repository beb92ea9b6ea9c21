import { CREDENTIAL_HEADERS } from "../core/credential-headers.ts";
import { bodyKindOf, decodeUtf8, mediaType } from "../core/event-body.ts";
import { DEEPEST_EVENT, jsonDepth } from "../core/json-depth.ts";
import { findJsonError } from "../core/json-error.ts";
import { REDACTED } from "../core/redactor.ts";
import type { StoredEvent } from "../core/run.ts";
import type { Verification } from "../core/verification.ts";
import type { WebhookRequest } from "../webhooks/request.ts";
import type { Ingest } from "./store-event.ts";

/** The event that a delivery is stored as, without credentials and the URL's hash. */
export function deliveryEvent(
  { random }: Pick<Ingest, "random">,
  request: WebhookRequest,
  now: number,
  verify?: Verification,
): StoredEvent {
  const blanked = [...CREDENTIAL_HEADERS, ...credentialHeadersOf(verify)];
  return {
    body: request.body,
    contentType: mediaType(request.headers["content-type"]),
    request: {
      method: request.method,
      path: request.path.replace(/[^/]+$/, REDACTED),
      query: request.query,
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [
          name,
          blanked.includes(name) ? REDACTED : value,
        ]),
      ),
      received_at: new Date(now).toISOString(),
      delivery_id: random.uuid(),
    },
  };
}

/** Headers in which a credential itself travels. */
function credentialHeadersOf(verify: Verification | undefined): readonly string[] {
  return verify?.scheme === "header" || verify?.scheme === "jwt" ? [verify.header] : [];
}

/** What is wrong with a body that says it is JSON; undefined for any other that can be read. */
export function bodyProblem({ body, contentType }: StoredEvent): string | undefined {
  if (bodyKindOf(contentType) !== "json" || body.length === 0) return undefined;
  const text = decodeUtf8(body);
  if (text === undefined) return "is not JSON: it is not valid UTF-8";
  try {
    JSON.parse(text);
    return jsonDepth(text) > DEEPEST_EVENT ? `is nested more than ${DEEPEST_EVENT} levels deep` : undefined;
  } catch (error) {
    return `is not JSON: ${findJsonError(text)?.message ?? String(error)}`;
  }
}
