import { FlowError } from "../core/flow-error.ts";
import type { Json } from "../core/json.ts";
import { type Path, readPath } from "../core/path.ts";
import { parseTemplate, textOf } from "../core/template.ts";
import type { SignedRequest } from "../core/verification.ts";
import { formBodyOf, jsonBodyOf, type WebhookRequest } from "./request.ts";

/** What a template of signed text may read, by the first word of its path. */
export const SIGNED_PARTS = {
  body: "the body as it came, byte for byte",
  form: "the fields of a form in the order of their names, each name followed by its value; nothing for other bodies",
  timestamp: "the time of signing as it came",
  id: "the id of the delivery as it came",
  method: "the HTTP method",
  url: "the URL as the sender called it, with its query",
  decoded_url:
    "the same with `: / ? @ ! $ ' ( ) * , ;` instead of their percent-encodings, as HubSpot signs it",
  path: "its path",
  query: "its query as it came; `query.name` is one parameter",
  headers: "`headers.name` is one header, in lower case",
  json: "`json.a.b` is a value of the JSON body",
} as const;

// https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
const HUBSPOT_DECODES = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;

type SignedPart = keyof typeof SIGNED_PARTS;

/** What of a request a template of signed text reads. */
export interface SigningContext {
  readonly request: WebhookRequest;
  readonly timestamp?: string;
  readonly id?: string;
  /** Scheme and host that the sender signs. */
  readonly baseUrl?: string;
}

/** @throws FlowError `config_error` for a placeholder that no request can fill. */
export function checkSignedText(text: SignedRequest["signed"]): void {
  for (const part of parseTemplate(text)) {
    if (typeof part === "string") continue;
    const [name, ...rest] = "path" in part.source ? part.source.path : [`env:${part.source.env}`];
    if (!Object.hasOwn(SIGNED_PARTS, name ?? ""))
      throw new FlowError(
        "config_error",
        `\${${part.text}} is no part of a request, expected one of ${Object.keys(SIGNED_PARTS).join(", ")}`,
      );
    const deep = name === "headers" || name === "json" || name === "query";
    if (deep ? name !== "query" && rest.length === 0 : rest.length > 0)
      throw new FlowError(
        "config_error",
        `\${${part.text}}: ${deep ? `name one, as in ${name}.x` : `${name} has no parts, write \${${name}}`}`,
      );
  }
}

/** The bytes that a sender signs. What the request does not have is nothing. */
export function signedBytes(template: SignedRequest["signed"], context: SigningContext): Buffer {
  return Buffer.concat(
    parseTemplate(template).map((part) => {
      if (typeof part === "string") return Buffer.from(part);
      const value = "path" in part.source ? requestPart(part.source.path, context) : undefined;
      return value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(textOf(value ?? part.fallback));
    }),
  );
}

/** What a path of {@link SIGNED_PARTS} reads; undefined for what the request does not have. */
export function requestPart([name, ...rest]: Path, context: SigningContext): Json | Uint8Array | undefined {
  const { request } = context;
  switch (name as SignedPart) {
    case "body":
      return request.body;
    case "form":
      return formText(request);
    case "timestamp":
      return context.timestamp;
    case "id":
      return context.id;
    case "method":
      return request.method;
    case "url":
      return urlOf(context);
    case "decoded_url":
      return urlOf(context).replace(HUBSPOT_DECODES, decodeURIComponent);
    case "path":
      return request.path;
    case "query":
      return rest.length === 0 ? request.rawQuery : readPath(request.query, [rest.join(".")]);
    case "headers":
      return readPath(request.headers, [rest.join(".").toLowerCase()]);
    case "json":
      return readPath(jsonBodyOf(request), rest);
    default:
      return undefined;
  }
}

function urlOf({ request, baseUrl = request.origin }: SigningContext): string {
  return baseUrl.replace(/\/+$/, "") + request.path + (request.rawQuery === "" ? "" : `?${request.rawQuery}`);
}

/** Twilio's form of a form: https://www.twilio.com/docs/usage/security#validating-requests */
function formText(request: WebhookRequest): string {
  const form = formBodyOf(request);
  if (!form) return "";
  const byName = Map.groupBy(form, ([name]) => name);
  return [...byName.keys()]
    .sort()
    .flatMap((name) =>
      [...new Set(byName.get(name)?.map(([, value]) => value))].sort().map((value) => name + value),
    )
    .join("");
}
