import { FlowError } from "../../core/flow-error.ts";
import { formatJson, type Json, parseJson } from "../../core/json.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Http, HttpResponse } from "../../core/ports/http.ts";
import type { SalesforceCall } from "../../core/ports/salesforce.ts";
import { failedAnswer } from "./failed-answer.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";

/** A request to the REST API: path and query behind the organization's origin. */
export interface RestRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: Json;
}

/** Sends a request as whom a call is made, and gives the answer's JSON, null where it has none. */
export type Rest = (request: RestRequest) => Promise<Json>;

/** The REST API for one call. A session that Salesforce no longer knows is renewed, once for each request. */
export function openRest(http: Http, clock: Clock, sessions: Sessions, call: SalesforceCall): Rest {
  const send = ({ key, instanceUrl }: Session, { method, path, body }: RestRequest) =>
    http.send({
      method,
      url: `${instanceUrl}${path}`,
      headers: {
        Authorization: `Bearer ${key}`,
        Accept: "application/json",
        ...(body !== undefined && { "Content-Type": "application/json" }),
      },
      ...(body !== undefined && { body: formatJson(body) }),
      signal: call.signal,
    });
  return async (request) => {
    let session = await sessions.current(call);
    let answer = await send(session, request);
    if (answer.status === 401) {
      session = await sessions.renewed(call, session);
      answer = await send(session, request);
    }
    if (answer.status < 200 || answer.status > 299) {
      throw failedAnswer(answer, [session.key, ...secretsOf(call)], clock.now());
    }
    return jsonOf(answer);
  };
}

/** The path of a resource of the call's version; every segment is encoded. @throws FlowError `invalid_input` for one that is empty or dots. */
export function pathOf({ apiVersion }: SalesforceCall, ...segments: readonly string[]): string {
  return ["/services/data", ...[`v${apiVersion}`, ...segments].map(encodeSegment)].join("/");
}

function encodeSegment(text: string): string {
  if (!/^\.{0,2}$/.test(text)) return encodeURIComponent(text.toWellFormed());
  throw new FlowError("invalid_input", `"${text}" cannot name a record, an object or a field`);
}

function secretsOf({ credentials }: SalesforceCall): readonly string[] {
  return "password" in credentials
    ? [credentials.password, credentials.securityToken]
    : [credentials.clientSecret];
}

function jsonOf({ status, body }: HttpResponse): Json {
  const text = new TextDecoder().decode(body);
  if (text.trim() === "") return null;
  try {
    return parseJson(text);
  } catch (cause) {
    throw new FlowError("invalid_output", `Salesforce answered ${status} with what is no JSON`, {
      status,
      cause,
    });
  }
}
