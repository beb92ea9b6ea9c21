import { CREDENTIAL_HEADERS } from "../core/credential-headers.ts";
import { mediaType } from "../core/event-body.ts";
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
