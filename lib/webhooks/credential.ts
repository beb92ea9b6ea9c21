import { createHash, timingSafeEqual } from "node:crypto";
import type { CredentialVerification } from "../core/verification.ts";
import { refuse, VERIFIED, type Verdict } from "./refusal.ts";
import { textAt, type WebhookRequest } from "./request.ts";

/** Whether a request brings one of the credentials; compared in constant time, whatever their lengths. */
export function verifyCredential(
  rule: CredentialVerification,
  request: WebhookRequest,
  secrets: readonly string[],
  username = "",
): Verdict {
  const { name, expected } = formOf(rule);
  const given = textAt(request, { headers: [name] });
  if (given === undefined) return refuse("credential_missing", `expected header ${name}${expected}`);
  const credential = credentialIn(rule, given);
  if (credential === undefined)
    return refuse("credential_malformed", `header ${name} is not of the form${expected}`);
  const accepted = rule.scheme === "basic" ? secrets.map((secret) => `${username}:${secret}`) : secrets;
  return isOneOf(credential, accepted)
    ? VERIFIED
    : refuse("credential_wrong", `header ${name} does not hold the workflow's credential`);
}

/** Whether a text is one of some secrets; takes the same time for every text of its length. */
export function isOneOf(text: string, secrets: readonly string[]): boolean {
  const given = createHash("sha256").update(text).digest();
  let right = false;
  for (const secret of secrets)
    right = timingSafeEqual(given, createHash("sha256").update(secret).digest()) || right;
  return right;
}

function formOf(rule: CredentialVerification): { readonly name: string; readonly expected: string } {
  switch (rule.scheme) {
    case "basic":
      return { name: "authorization", expected: ": Basic <base64 of name:password>" };
    case "bearer":
      return { name: "authorization", expected: ": Bearer <token>" };
    case "header":
      return { name: rule.header, expected: "" };
  }
}

function credentialIn({ scheme }: CredentialVerification, given: string): string | undefined {
  if (scheme === "header") return given;
  const match = (scheme === "basic" ? /^basic +([A-Za-z0-9+/]+={0,2})$/i : /^bearer +(\S+)$/i).exec(given);
  if (!match) return undefined;
  const [, text = ""] = match;
  if (scheme === "bearer") return text;
  const credential = Buffer.from(text, "base64").toString("utf8");
  return credential.includes(":") ? credential : undefined;
}
