import { placeholdersIn } from "../core/template.ts";
import type { Handshake, ValuePlace } from "../core/verification.ts";
import type { WebhookRequest } from "./request.ts";
import { readSecrets, type VerifyContext } from "./verify-delivery.ts";
import { withTextAt } from "./with-text-at.ts";

/**
 * A service's question whether somebody is there, not yet signed: what it is known by, and a challenge wherever the answer repeats
 * something of it.
 * @throws FlowError `config_error` when there is no value of a secret that it holds.
 */
export function handshakeRequest(
  { method, when: { query, header, bodyPath, equals }, trust, answer, sign }: Handshake,
  to: Pick<WebhookRequest, "origin" | "path" | "rawQuery" | "query">,
  challenge: string,
  context: Pick<VerifyContext, "env">,
): WebhookRequest {
  const texts = new Map<string, readonly [ValuePlace, string]>();
  const put = (place: ValuePlace, text: string) => texts.set(JSON.stringify(place), [place, text]);
  for (const { source } of placeholdersIn([answer.body, answer.headers ?? {}, sign?.text ?? ""])) {
    if (!("path" in source)) continue;
    const [part, ...rest] = source.path;
    const name = rest.join(".");
    if (part === "query") put({ query: name }, challenge);
    if (part === "headers") put({ headers: [name] }, challenge);
    if (part === "json") put({ bodyPath: name }, challenge);
  }
  const expected = equals ?? challenge;
  if (query !== undefined) put({ query }, expected);
  if (header !== undefined) put({ headers: [header] }, expected);
  if (bodyPath !== undefined) put({ bodyPath }, expected);
  if (typeof trust === "object") {
    const [secret = ""] = readSecrets([trust.secret], context);
    put({ query: trust.query }, secret);
  }
  const empty: WebhookRequest = {
    ...to,
    method,
    headers: method === "POST" ? { "content-type": "application/json" } : {},
    body: Buffer.from(method === "POST" ? "{}" : ""),
    sourceIp: "",
  };
  return [...texts.values()].reduce((request, [place, text]) => withTextAt(request, place, text), empty);
}
