import { excerpt } from "../../core/excerpt.ts";
import { type ErrorClass, FlowError } from "../../core/flow-error.ts";
import { classOfStatus } from "../../core/http-status.ts";
import { isObject, type Json, type JsonObject, parseJson } from "../../core/json.ts";
import type { HttpResponse } from "../../core/ports/http.ts";
import { createRedactor } from "../../core/redactor.ts";
import { parseRetryAfter } from "../../core/retry-after.ts";
import { elementText } from "./xml-text.ts";

/** Error codes whose class the HTTP status does not tell. */
const CLASSES: { readonly [code: string]: ErrorClass } = {
  REQUEST_LIMIT_EXCEEDED: "rate_limited",
  LOGIN_RATE_EXCEEDED: "rate_limited",
  UNABLE_TO_LOCK_ROW: "server_error",
  SERVER_UNAVAILABLE: "server_error",
  API_CURRENTLY_DISABLED: "server_error",
  UNKNOWN_EXCEPTION: "server_error",
  QUERY_TIMEOUT: "timeout",
  REQUEST_RUNNING_TOO_LONG: "timeout",
};

/** Credentials that are not accepted, by SOAP and by OAuth: told as status 401, upon which secrets are read again. */
const REFUSED_LOGINS = [
  "INVALID_LOGIN",
  "INVALID_OPERATION_WITH_EXPIRED_PASSWORD",
  "invalid_client",
  "invalid_client_id",
  "invalid_grant",
];

const HINTS: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [/not supported on this domain/, "set login_url to the organization's own domain"],
  [/SOAP API login\(\)/, "log in with client_id and client_secret instead"],
];

interface Fault {
  readonly code: string;
  readonly message: string;
  readonly fields?: Json;
}

/** The failure that an answer of Salesforce is, in its own words; `secrets` are blanked should it quote them. */
export function failedAnswer(response: HttpResponse, secrets: readonly string[], nowMs: number): FlowError {
  const body = new TextDecoder().decode(response.body);
  const faults = faultsOf(body);
  const { text, json } = createRedactor(secrets);
  const told = faults.map(({ code, message }) => `${code}: ${message}`).join("; ");
  const words = told === "" ? excerptOf(response, body) : told;
  const hint = HINTS.find(([pattern]) => pattern.test(words))?.[1];
  const retryAfterMs = parseRetryAfter(response.headers["retry-after"], nowMs);
  const isRefused = faults.some(({ code }) => REFUSED_LOGINS.includes(code));
  return new FlowError(
    classOf(faults, body, response.status),
    text(`Salesforce answered ${response.status} ${excerpt(words, 1_000)}${hint ? ` (${hint})` : ""}`.trim()),
    {
      status: isRefused ? 401 : response.status,
      body: text(body),
      ...(faults.length > 0 && { details: json(faults.map((fault): JsonObject => ({ ...fault }))) }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    },
  );
}

/** SOAP tells every fault as 500, so a fault that no rule names is the caller's. */
function classOf(faults: readonly Fault[], body: string, status: number): ErrorClass {
  const known = faults.map(({ code }) => CLASSES[code]).find((one) => one !== undefined);
  if (known) return known;
  return faults.length > 0 && body.trimStart().startsWith("<") ? "client_error" : classOfStatus(status);
}

function faultsOf(body: string): readonly Fault[] {
  if (body.trimStart().startsWith("<")) return soapFault(body);
  const answer = jsonOf(body);
  return (Array.isArray(answer) ? (answer as readonly Json[]) : [answer]).flatMap((item) => {
    if (!isObject(item)) return [];
    const code = item.errorCode ?? item.error;
    const message = item.message ?? item.error_description ?? "";
    if (typeof code !== "string" || typeof message !== "string") return [];
    return [{ code, message, ...(item.fields !== undefined && { fields: item.fields }) }];
  });
}

function soapFault(xml: string): readonly Fault[] {
  const code = elementText(xml, "exceptionCode") ?? elementText(xml, "faultcode")?.replace(/^.*:/s, "");
  const message = elementText(xml, "exceptionMessage") ?? elementText(xml, "faultstring");
  if (code === undefined || message === undefined) return [];
  return [{ code, message: message.replace(`${code}: `, "") }];
}

function jsonOf(body: string): Json {
  try {
    return parseJson(body);
  } catch {
    return null;
  }
}

function excerptOf({ status, headers }: HttpResponse, body: string): string {
  if (status >= 300 && status < 400 && headers.location !== undefined) {
    return `and leads to ${headers.location.split("?")[0]}: set login_url to where the organization is`;
  }
  return excerpt(body.replace(/\s+/g, " ").trim(), 200);
}
