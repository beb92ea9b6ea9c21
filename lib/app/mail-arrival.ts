import { formatJson, type Json } from "../core/json.ts";
import type { Mail, MailPlace, Mails } from "../core/ports/mails.ts";
import type { Arrival } from "./arrival.ts";
import type { BridgeEvent } from "./bridge-event.ts";
import { readObjectChange } from "./object-arrival.ts";

/** True for the note that SES leaves in a bucket when it gets a rule (SES Developer Guide, "Deliver to S3 bucket action"). */
export function isSetupNote(event: BridgeEvent): boolean {
  return readObjectChange(event).key.endsWith("/AMAZON_SES_SETUP_NOTIFICATION");
}

/** What tells a mail from all others. */
export function mailId({ bucket, key }: MailPlace): string {
  return `${bucket}/${key}`;
}

/**
 * A mail that SES left in a bucket as an arrival; the end of the key is the id that SES gave it. What makes it larger than
 * `mostBytes` as JSON is left out, the largest attachments first, and named in `left_out`.
 * @throws FlowError of {@link Mails}, and `invalid_input` for an event of anything else.
 */
export async function mailArrival(mails: Mails, event: BridgeEvent, mostBytes: number): Promise<Arrival> {
  const { bucket, key } = readObjectChange(event);
  const mail = await mails.read({ bucket, key });
  return {
    event: {
      body: fitted(mail, mostBytes),
      contentType: "application/json",
      request: {
        method: "EMAIL",
        path: `${bucket}/${key}`,
        query: {},
        headers: {},
        received_at: new Date(event.at).toISOString(),
        delivery_id: key.slice(key.lastIndexOf("/") + 1),
      },
    },
    at: event.at,
    id: mailId({ bucket, key }),
  };
}

function fitted(mail: Mail, mostBytes: number): Uint8Array {
  const attachments = [...mail.attachments];
  const parts = { text: mail.text, html: mail.html };
  const leftOut: string[] = [];
  const body = () =>
    new TextEncoder().encode(
      formatJson({ ...mail, ...parts, attachments, left_out: leftOut } as unknown as Json),
    );
  const bySize = attachments.map(({ size }, index) => ({ size, index })).sort((a, b) => b.size - a.size);
  let bytes = body();
  for (const { index } of bySize) {
    if (bytes.length <= mostBytes) return bytes;
    attachments[index] = { ...(attachments[index] as (typeof attachments)[number]), base64: null };
    leftOut.push(`attachments.${index}`);
    bytes = body();
  }
  for (const part of ["html", "text"] as const) {
    if (bytes.length <= mostBytes) return bytes;
    parts[part] = null;
    leftOut.push(part);
    bytes = body();
  }
  return bytes;
}
