import PostalMime, { type Address, type Attachment, type Header } from "postal-mime";
import { addToList } from "../../core/add-to-list.ts";
import { FlowError } from "../../core/flow-error.ts";
import type { Mail, MailAddress, MailAttachment } from "../../core/ports/mails.ts";

/** Reads a mail as it was sent (RFC 5322, MIME). @throws FlowError `invalid_input` for one that nests too deep or whose head is too long. */
export async function parseMail(raw: Uint8Array): Promise<Mail> {
  const mail = await parse(raw);
  return {
    from: addressesOf(mail.from && [mail.from])[0] ?? null,
    to: addressesOf(mail.to),
    cc: addressesOf(mail.cc),
    reply_to: addressesOf(mail.replyTo),
    subject: mail.subject ?? "",
    message_id: mail.messageId ?? null,
    date: mail.date ?? null,
    text: mail.text ?? null,
    html: mail.html ?? null,
    headers: headersOf(mail.headers),
    attachments: mail.attachments.map(attachmentOf),
  };
}

async function parse(raw: Uint8Array) {
  try {
    return await PostalMime.parse(raw, { attachmentEncoding: "base64" });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FlowError("invalid_input", `the mail cannot be read: ${why}`, { cause });
  }
}

/** The members of a group count one by one. */
function addressesOf(list: readonly Address[] = []): readonly MailAddress[] {
  return list.flatMap((one) =>
    one.group ? addressesOf(one.group) : [{ name: one.name, address: one.address }],
  );
}

function headersOf(headers: readonly Header[]): Mail["headers"] {
  const lists = new Map<string, string[]>();
  for (const { key, value } of headers) addToList(lists, key, value);
  return Object.fromEntries(
    [...lists].map(([name, values]) => [name, values.length === 1 ? (values[0] as string) : values]),
  );
}

function attachmentOf({ filename, mimeType, content }: Attachment): MailAttachment {
  const base64 = String(content);
  return {
    name: filename,
    content_type: mimeType,
    size: Buffer.byteLength(base64, "base64"),
    base64,
  };
}
