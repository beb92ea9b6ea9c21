import { readFileSync } from "node:fs";
import { whyUnreadable } from "../../build/why-unreadable.ts";
import { decodeUtf8 } from "../../core/event-body.ts";
import { FlowError } from "../../core/flow-error.ts";
import { readHeaderLine } from "../../webhooks/read-header-line.ts";
import type { WebhookRequest } from "../../webhooks/request.ts";
import { sampleText, sampleType } from "../../webhooks/sample.ts";
import { sampleOf } from "../../webhooks/samples.ts";

/** What a delivery is made of. */
export interface DeliveryParts {
  readonly url: URL;
  /** The name of the sample that it is, or whose headers a file's content gets. */
  readonly sample?: string;
  /** Its content in place of the sample's. */
  readonly file?: string;
  /** `name: value`, stronger than the sample's. */
  readonly headers?: readonly string[];
  /** A text that no other delivery has. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * A delivery that is not yet signed.
 * @throws FlowError `invalid_input` for a file that cannot be read, and a header that is none.
 */
export function makeDelivery({
  url,
  sample: name = "",
  file,
  headers = [],
  id,
  now,
}: DeliveryParts): WebhookRequest {
  const sample = sampleOf(name, id, now);
  const body = file === undefined ? Buffer.from(sample ? sampleText(sample) : "") : readBody(file);
  return {
    ...addressOf(url),
    method: "POST",
    headers: {
      "content-type":
        file !== undefined ? typeOfContent(body) : sample ? sampleType(sample) : "application/json",
      ...sample?.headers,
      ...Object.fromEntries(headers.map(readHeader)),
    },
    body,
    sourceIp: "",
  };
}

/** Where a request goes, as the other side will see it. */
export function addressOf(url: URL): Pick<WebhookRequest, "origin" | "path" | "rawQuery" | "query"> {
  return {
    origin: url.origin,
    path: url.pathname,
    rawQuery: url.search.slice(1),
    query: Object.fromEntries(url.searchParams),
  };
}

function readBody(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new FlowError("invalid_input", `${file} cannot be read: ${whyUnreadable(cause)}`, { cause });
  }
}

function typeOfContent(body: Buffer): string {
  const text = decodeUtf8(body);
  if (text === undefined) return "application/octet-stream";
  try {
    JSON.parse(text);
    return "application/json";
  } catch {
    return "text/plain";
  }
}

function readHeader(text: string): readonly [string, string] {
  const header = readHeaderLine(text);
  if (!header) throw new FlowError("invalid_input", `--header ${text}: write "name: value"`);
  return header;
}
