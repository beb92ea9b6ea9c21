import type { WebhookRequest } from "../webhooks/request.ts";
import type { Handled } from "./handled.ts";
import type { Accepting } from "./store-event.ts";

/** The answer to a delivery with a larger body than the stage accepts; undefined for any other. */
export function refuseTooLarge(
  { maxBodyBytes }: Pick<Accepting, "maxBodyBytes">,
  { body: { length } }: WebhookRequest,
): Handled | undefined {
  if (length <= maxBodyBytes) return undefined;
  const error = `the body has ${length} bytes, more than the ${maxBodyBytes} that are accepted`;
  return { answer: { status: 413, body: { error } }, receipt: { outcome: "invalid", reason: error } };
}
