import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { formatPath, type Path } from "../core/path.ts";
import type { Expected } from "./case-schema.ts";
import { compare, type Failure } from "./failure.ts";
import { callName, isNamedBy } from "./made-call.ts";

type Call = string | JsonObject;

/** Compares the calls that were made with those that should have been: in this order, or exactly these. */
export function checkCalls(expected: Expected["calls"], made: readonly JsonObject[]): readonly Failure[] {
  if (expected === undefined) return [];
  if (Array.isArray(expected)) return inOrder(expected, made);
  const { exactly } = expected as { readonly exactly: readonly Call[] };
  const path = ["calls", "exactly"];
  if (exactly.length !== made.length) {
    const found = made.length === 0 ? "none" : made.map(callName).join(", ");
    return [{ path, what: "calls", expected: `${exactly.length} calls`, found: `${made.length}: ${found}` }];
  }
  return exactly.flatMap((call, index) => callMismatches(call, made[index] ?? {}, [...path, String(index)]));
}

/** Other calls may stand between those that are named. */
function inOrder(expected: readonly Call[], made: readonly JsonObject[]): readonly Failure[] {
  let from = 0;
  for (const [index, call] of expected.entries()) {
    const path = ["calls", String(index)];
    const rest = made.slice(from);
    const at = rest.findIndex((one) => callMismatches(call, one, path).length === 0);
    if (at < 0) return [nearestMiss(call, rest, path, from > 0)].flat();
    from += at + 1;
  }
  return [];
}

/** Of the calls that are left, the one by the same step or to the same place tells most. */
function nearestMiss(
  call: Call,
  rest: readonly JsonObject[],
  path: Path,
  later: boolean,
): readonly Failure[] {
  const candidates = rest.filter((one) => typeof call !== "string" && isMeant(call, one));
  const misses = candidates.map((one) => callMismatches(call, one, path));
  const [nearest] = misses.sort((a, b) => a.length - b.length);
  if (nearest) return nearest;
  const made = rest.length === 0 ? "no call" : rest.map(callName).join(", ");
  const found = later ? `after the calls before it: ${made}` : made;
  const expected = typeof call === "string" ? call : JSON.stringify(call);
  return [{ path, what: formatPath(path), expected, found }];
}

function isMeant({ step, call, url }: JsonObject, made: JsonObject): boolean {
  if (typeof step === "string") return step === made.step;
  if (typeof call === "string") return isNamedBy(call, made);
  return url !== undefined && url === made.url;
}

function callMismatches(call: Call, made: JsonObject, path: Path): readonly Failure[] {
  if (typeof call === "string") {
    if (isNamedBy(call, made)) return [];
    return [{ path, what: formatPath(path), expected: call, found: callName(made) }];
  }
  const { call: name, headers, ...others } = call;
  const named =
    typeof name === "string" && !isNamedBy(name, made)
      ? [{ path, what: formatPath([...path, "call"]), expected: name, found: callName(made) }]
      : [];
  const lower = headers === undefined ? {} : { headers: lowerNames(headers) };
  return [...named, ...compare(path, { ...others, ...lower }, made)];
}

function lowerNames(headers: Json): Json {
  if (!isObject(headers)) return headers;
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.startsWith("$") ? name : name.toLowerCase(), value]),
  );
}

/** A failure for each name of calls that were made and should not have been. */
export function checkNotCalled(names: readonly string[], made: readonly JsonObject[]): readonly Failure[] {
  return names.flatMap((name, index) => {
    const calls = made.filter((call) => isNamedBy(name, call));
    if (calls.length === 0) return [];
    const path = ["not_called", String(index)];
    return [
      { path, what: "not_called", expected: `no call: ${name}`, found: calls.map(callName).join(", ") },
    ];
  });
}
