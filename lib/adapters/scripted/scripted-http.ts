import { formatJson, type JsonObject, jsonOrText } from "../../core/json.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Http, HttpRequest, HttpResponse } from "../../core/ports/http.ts";
import { systemClock } from "../system-clock.ts";
import { type Answer, kindOf } from "./answer-schema.ts";
import type { Script } from "./script.ts";
import { awaitAnswer } from "./scripted-wait.ts";

/** A clock whose time may stand still while something else than waiting is done. */
export type ScriptClock = Clock & { during?<T>(work: Promise<T>): Promise<T> };

/** Where unscripted calls go, and whose time delays take. */
export interface ScriptedOptions<Port> {
  readonly fallback?: Port | undefined;
  readonly clock?: ScriptClock | undefined;
}

/** What was asked, in order. */
export interface ScriptedCalls {
  readonly calls: readonly JsonObject[];
}

/**
 * Answers requests from a script. `calls` hold `{ method, url, headers, body }`, header names in lower case. Without a
 * fallback an unscripted request throws an Error that lists what is scripted.
 */
export function scriptedHttp(script: Script, options: ScriptedOptions<Http> = {}): Http & ScriptedCalls {
  const { clock = systemClock, fallback } = options;
  const calls: JsonObject[] = [];
  return {
    calls,
    async send(request) {
      const call = recordOf(request);
      calls.push(call);
      const asked = script.asked(call);
      const found = script.next({ http: request, fits: isHttpAnswer });
      if (found) {
        await awaitAnswer(found, request, clock);
        return responseOf(found.answer);
      }
      if (fallback) return fallback.send(request);
      throw script.miss(`${request.method} ${request.url}`, asked);
    },
  };
}

function isHttpAnswer(answer: Answer): boolean {
  return ["http", "any"].includes(kindOf(answer));
}

/** A mapping, list, number or boolean is JSON and says so; text has the type that the script gives it, or none. */
function responseOf({ status = 200, headers = {}, body = null }: Answer): HttpResponse {
  const isJson = body !== null && typeof body !== "string";
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return {
    status,
    headers: { ...(isJson && { "content-type": "application/json" }), ...Object.fromEntries(named) },
    body: new TextEncoder().encode(isJson ? formatJson(body) : (body ?? "")),
  };
}

function recordOf({ method, url, headers, body }: HttpRequest): JsonObject {
  const text = typeof body === "object" ? new TextDecoder().decode(body) : body;
  return {
    method,
    url,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    ...(text !== undefined && { body: jsonOrText(text) }),
  };
}
