import type { JsonObject } from "../../../../lib/core/json.ts";
import { Refusal } from "./failure.ts";
import { inputOf, type Place, type Result, readerAt } from "./place.ts";
import { render } from "./template.ts";
import { asText } from "./values.ts";

/** One attempt of a call. One that may be made once and had no answer is not made again. */
export function httpCall(place: Place): Result {
  const { run, step, path, attempt } = place;
  const isOnce = step.effect === "at_most_once";
  if (isOnce && run.unknown.has(path)) throw new Refusal("unknown_outcome");
  const { address, ...request } = requestOf(place);
  const { status = 200, body = null, error } = run.world.answer(address);
  const errorClass = error ?? classOfStatus(status, step.allow_status);
  const isUnheard = errorClass === "connection" || errorClass === "timeout";
  run.calls.push({ ...request, isLast: isOnce && (errorClass === undefined || isUnheard) });
  if (isOnce && isUnheard) {
    run.unknown.add(path);
    throw new Refusal("unknown_outcome");
  }
  if (error !== undefined) throw new Refusal(error);
  if (errorClass !== undefined) throw new Refusal(errorClass, { status, body: asText(body) });
  const isJson = body !== null && typeof body !== "string";
  const headers: JsonObject = isJson ? { "content-type": "application/json" } : {};
  const isFull = step.response === "full";
  const output = isFull ? { status, headers, body: body ?? "", duration_ms: 0 } : (body ?? "");
  return { output, meta: { status, duration_ms: 0, attempts: attempt.count } };
}

function requestOf(place: Place) {
  const { step, path, scope } = place;
  const { method = "GET", query = {}, body: template = null } = step;
  const reader = readerAt(place);
  const address = String(render(step.url ?? "", reader, encodeURIComponent));
  const pairs = Object.entries(render(query, reader) as JsonObject).flatMap(([key, value]) =>
    [value].flat().flatMap((one) => (one === null ? [] : [[key, one] as const])),
  );
  const search = pairs.map(([key, value]) => `${key}=${encodeURIComponent(asText(value))}`).join("&");
  const sent = render(template, reader);
  const url = search === "" ? address : `${address}?${search}`;
  const body = sent === null ? undefined : asText(sent);
  return { address, path, lane: scope.lane, method: String(method), url, body };
}

/** Undefined: no failure. */
function classOfStatus(status: number, allowed: unknown = []): string | undefined {
  if (status <= 299 || (allowed as readonly number[]).includes(status)) return undefined;
  const named: { readonly [status: number]: string } = {
    408: "timeout",
    425: "server_error",
    429: "rate_limited",
  };
  return named[status] ?? (status >= 500 ? "server_error" : "client_error");
}

/** One attempt of a step that starts a run, which has its own deliveries. */
export function runWorkflow(place: Place): Result {
  const { run, step } = place;
  const event = step.event === undefined ? inputOf(place) : render(step.event, readerAt(place));
  const started = run.start(String(step.name), event);
  const run_id = "00000000-0000-7000-8000-000000000000";
  if (step.await === false) return { output: { run_id } };
  if (started.error) throw new Refusal(started.error.class, { final: true });
  const { status, output } = started;
  return { output, meta: { run_id, status, ...(status === "dropped" && { reason: "" }) } };
}
