import { decodeUtf8 } from "../core/event-body.ts";
import { isObject, type JsonObject } from "../core/json.ts";
import { readPath } from "../core/path.ts";
import { type Lookup, parseTemplate, renderDeep, renderTemplate, textOf } from "../core/template.ts";
import type { Handshake, Verification } from "../core/verification.ts";
import { isOneOf } from "./credential.ts";
import { encodeBytes } from "./decode-bytes.ts";
import { hmacOf } from "./hmac.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { jsonBodyOf, textAt, type WebhookRequest } from "./request.ts";
import { requestPart } from "./signed-bytes.ts";
import { readSecrets, type VerifyContext } from "./verify-delivery.ts";

/** What a service's question is answered with. */
export interface HandshakeAnswer {
  readonly kind: "answer";
  readonly status: 200 | 204;
  readonly contentType: "application/json" | "text/plain";
  readonly headers: { readonly [name: string]: string };
  readonly body: string | JsonObject;
}

/** The handshake that a request is, undefined for a delivery. */
export function handshakeOf(
  handshakes: readonly Handshake[],
  request: WebhookRequest,
): Handshake | undefined {
  return handshakes.find(({ method, when: { query, header, bodyPath, equals, without } }) => {
    if (method !== request.method) return false;
    if (without !== undefined && readPath(jsonBodyOf(request), without.split(".")) !== undefined)
      return false;
    const values = [
      ...(query === undefined ? [] : [textAt(request, { query })]),
      ...(header === undefined ? [] : [textAt(request, { headers: [header] })]),
      ...(bodyPath === undefined ? [] : [textAt(request, { bodyPath })]),
    ];
    return values.every((value) => value !== undefined && (equals === undefined || value === equals));
  });
}

/**
 * The answer to a handshake, or why there is none. Whoever calls has verified the signature of one that is trusted for it.
 * @throws FlowError `config_error` when the stage has no secret that the answer needs.
 */
export function answerHandshake(
  { trust, answer, sign }: Handshake,
  verify: Verification | undefined,
  request: WebhookRequest,
  context: VerifyContext,
): HandshakeAnswer | Refusal {
  if (typeof trust === "object") {
    const given = textAt(request, trust);
    const secrets = readSecrets([trust.secret], context);
    if (given === undefined)
      return refuse("credential_missing", `expected parameter ${trust.query} of the query`);
    if (!isOneOf(given, secrets))
      return refuse("credential_wrong", `parameter ${trust.query} of the query is not the workflow's`);
  }
  const lookup = (signed: string | undefined) => ({
    path: (path: readonly string[]) => {
      if (path[0] === "signed") return signed;
      const value = requestPart(path, { request });
      return value instanceof Uint8Array ? decodeUtf8(value) : value;
    },
    env: () => undefined,
    missing: () => {},
  });
  let signed: string | undefined;
  if (sign && verify?.scheme === "hmac") {
    const text = textOf(renderTemplate(parseTemplate(sign.text), lookup(undefined)));
    const [secret = ""] = readSecrets(verify.secrets, context);
    signed = (sign.prefix ?? "") + encodeBytes(hmacOf(verify, secret, Buffer.from(text)), sign.encoding);
  }
  const fill = (text: string) => textOf(renderTemplate(parseTemplate(text), lookup(signed)));
  return {
    kind: "answer",
    status: answer.status ?? 200,
    contentType: answer.contentType,
    headers: Object.fromEntries(
      Object.entries(answer.headers ?? {}).map(([name, text]) => [name, fill(text)]),
    ),
    body: renderBody(answer.body, lookup(signed)),
  };
}

function renderBody(body: string | JsonObject, lookup: Lookup): string | JsonObject {
  const rendered = renderDeep(body, lookup);
  return isObject(rendered) ? rendered : textOf(rendered);
}
