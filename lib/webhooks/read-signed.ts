import { createHash, timingSafeEqual } from "node:crypto";
import type { SignaturePlace, SignedRequest, TimestampRule } from "../core/verification.ts";
import { decodeBytes } from "./decode-bytes.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { formBodyOf, placeName, textAt, textsAt, type WebhookRequest } from "./request.ts";
import { signedBytes } from "./signed-bytes.ts";

/** The signatures of a delivery, and the bytes that one of them must be of. */
export interface SignedDelivery {
  readonly kind: "signed";
  readonly signatures: readonly Buffer[];
  readonly signed: Buffer;
}

/** More signatures than a service sends while it changes its secret cost time only. */
const MOST_SIGNATURES = 16;

/** Finds signatures and signed bytes, and refuses a delivery that has none, or is not of about now (milliseconds since the epoch). */
export function readSigned(
  rule: SignedRequest,
  request: WebhookRequest,
  { now, baseUrl }: { readonly now: number; readonly baseUrl?: string },
): SignedDelivery | Refusal {
  const { signature } = rule;
  const where = placeName(signature.place);
  const texts = textsAt(request, signature.place);
  if (texts.length === 0) return refuse("signature_missing", `expected a signature in ${where}`);
  const parts = texts.flatMap((text) => partsOf(text, signature));
  const signatures = parts
    .filter(({ name }) => name === signature.field)
    .slice(0, MOST_SIGNATURES)
    .flatMap(({ value }) => decodeSignature(value, signature) ?? []);
  if (signatures.length === 0)
    return refuse("signature_malformed", `expected ${formOf(signature)} in ${where}`);
  const timestamp = readTimestamp(rule.timestamp, parts, request, now);
  if (timestamp !== undefined && typeof timestamp !== "string") return timestamp;
  const id = rule.id && textAt(request, rule.id);
  if (rule.id && id === undefined) return refuse("signature_missing", `expected ${placeName(rule.id)}`);
  const wrongBody = checkBodyHash(rule, request);
  if (wrongBody) return wrongBody;
  const signed = signedBytes(rule.signed, {
    request,
    ...(timestamp !== undefined && { timestamp }),
    ...(id !== undefined && { id }),
    ...(baseUrl !== undefined && { baseUrl }),
  });
  return { kind: "signed", signatures, signed };
}

interface Part {
  /** Undefined where parts have no names. */
  readonly name: string | undefined;
  readonly value: string;
}

function partsOf(text: string, { separator, field, assign }: SignaturePlace): readonly Part[] {
  const parts = separator === undefined ? [text] : text.split(separator);
  return parts.map((part) => {
    const trimmed = part.trim();
    if (field === undefined) return { name: undefined, value: trimmed };
    const at = trimmed.indexOf(assign);
    return at < 0
      ? { name: "", value: trimmed }
      : { name: trimmed.slice(0, at), value: trimmed.slice(at + assign.length) };
  });
}

function decodeSignature(text: string, { prefix = "", encoding }: SignaturePlace): Buffer | undefined {
  return text.startsWith(prefix) ? decodeBytes(text.slice(prefix.length), encoding) : undefined;
}

function formOf({ prefix = "", encoding, field, assign }: SignaturePlace): string {
  return `${field === undefined ? "" : `${field}${assign}`}${prefix}<${encoding}>`;
}

/** The time as it came, undefined where none is asked for. */
function readTimestamp(
  rule: TimestampRule | undefined,
  parts: readonly Part[],
  request: WebhookRequest,
  now: number,
): string | undefined | Refusal {
  if (!rule) return undefined;
  const { place } = rule;
  const text =
    "field" in place ? parts.find(({ name }) => name === place.field)?.value : textAt(request, place);
  const where = "field" in place ? `${place.field}= beside the signature` : placeName(place);
  if (text === undefined) return refuse("timestamp_missing", `expected the time of signing in ${where}`);
  const time = timeOf(text, rule.unit);
  if (time === undefined)
    return refuse("timestamp_malformed", `expected the time of signing in ${where}, as ${rule.unit}`);
  const lateMs = now - time;
  const limit = `at most ${rule.toleranceSeconds} s from now`;
  if (lateMs > rule.toleranceSeconds * 1000)
    return refuse("timestamp_stale", `the time of signing in ${where} is too long ago: ${limit} is accepted`);
  if (-lateMs > rule.toleranceSeconds * 1000)
    return refuse(
      "timestamp_future",
      `the time of signing in ${where} is in the future: ${limit} is accepted`,
    );
  return text;
}

function timeOf(text: string, unit: TimestampRule["unit"]): number | undefined {
  if (unit === "iso8601") {
    const time = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
    return Number.isNaN(time) ? undefined : time;
  }
  if (!/^\d{1,16}$/.test(text)) return undefined;
  return unit === "seconds" ? Number(text) * 1000 : Number(text);
}

function checkBodyHash({ bodyHash }: SignedRequest, request: WebhookRequest): Refusal | undefined {
  if (!bodyHash || request.body.length === 0 || formBodyOf(request)) return undefined;
  const where = placeName(bodyHash.place);
  const text = textAt(request, bodyHash.place);
  if (text === undefined) return refuse("body_hash_missing", `expected the SHA-256 of the body in ${where}`);
  const given = decodeBytes(text, bodyHash.encoding);
  const right = createHash("sha256").update(request.body).digest();
  return given?.length === right.length && timingSafeEqual(given, right)
    ? undefined
    : refuse("body_hash_wrong", `the SHA-256 of the body in ${where} is not that of this body`);
}
