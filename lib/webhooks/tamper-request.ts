import type { ValuePlace, Verification } from "../core/verification.ts";
import { coversBody } from "./covers-body.ts";
import { textAt, type WebhookRequest } from "./request.ts";
import { withTextAt } from "./with-text-at.ts";

/**
 * A signed request with one character changed so that it must be refused: of the body where the signature covers it, else of the
 * signature or credential.
 */
export function tamperRequest(rule: Verification, request: WebhookRequest): WebhookRequest {
  const text = Buffer.from(request.body).toString("latin1");
  if (coversBody(rule) && /[A-Za-z0-9]/.test(text))
    return { ...request, body: Buffer.from(changed(text, 1), "latin1") };
  const place = placeOf(rule);
  const given = textAt(request, place) ?? "";
  const other = rule.scheme === "basic" ? changedPassword(given) : changed(given, AMID);
  return withTextAt(request, place, other);
}

/** The last characters of base64 hold bits that nobody reads. */
const AMID = 8;

function placeOf(rule: Verification): ValuePlace {
  if ("signature" in rule) return rule.signature.place;
  return { headers: ["header" in rule ? rule.header : "authorization"] };
}

/** With another letter or digit at a place counted from the end, or before it; a digit is one in hex and base64 too. */
function changed(text: string, fromEnd: number): string {
  const places = [...text.matchAll(/[A-Za-z0-9]/g)];
  const { index, 0: char } = places.at(-Math.min(fromEnd, places.length)) ?? { index: text.length, 0: "" };
  return text.slice(0, index) + (char === "0" ? "1" : "0") + text.slice(index + 1);
}

function changedPassword(header: string): string {
  const credential = Buffer.from(header.replace(/^Basic /, ""), "base64").toString("utf8");
  return `Basic ${Buffer.from(changed(credential, 1)).toString("base64")}`;
}
