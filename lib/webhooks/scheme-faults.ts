import { type Placeholder, parseTemplate } from "../core/template.ts";
import type { ReadScheme } from "./verify-keys.ts";

type Signed = Extract<ReadScheme, { scheme: "hmac" | "ed25519" | "rsa" | "ecdsa" }>;

/** Something that no sender can keep to, or that everybody could forge. */
export interface SchemeFault {
  /** The key of `verify` that it is about. */
  readonly key: keyof Signed;
  readonly message: string;
  readonly hint: string;
}

/** What of a scheme cannot work, or does not protect. */
export function* schemeFaults(keys: ReadScheme): Generator<SchemeFault> {
  if (!("signed" in keys)) return;
  const { signed, signature, timestamp } = keys;
  const read = parseTemplate(signed).filter((part): part is Placeholder => typeof part !== "string");
  const reads = (...parts: readonly string[]) =>
    read.some(({ source }) => "path" in source && parts.includes(source.path[0] ?? ""));
  if (read.length === 0)
    yield {
      key: "signed",
      message: "signed: the text is the same for every request, and so would be its signature",
      hint: "write what the sender signs, e.g. ${timestamp}.${body}",
    };
  if (signature.body_path !== undefined && reads("body"))
    yield {
      key: "signature",
      message: "signature: it stands in the body, and signed covers the whole ${body}: no sender can do both",
      hint: "write the parts that are signed, as ${json.token}",
    };
  if (timestamp && timestamp.body_path === undefined && !reads("timestamp", "headers", "query", "url"))
    yield {
      key: "timestamp",
      message: "timestamp: signed does not hold it, so whoever saw a request could write a later time",
      hint: "write ${timestamp} into signed where the sender has it; where it signs none, leave timestamp out",
    };
  if (timestamp?.field !== undefined && (signature.separator === undefined || signature.field === undefined))
    yield {
      key: "timestamp",
      message: `timestamp: the field ${timestamp.field} stands beside the signature, which is no list of fields here`,
      hint: 'write the signature as fields too, e.g. separator: "," and field: v1',
    };
}
