import type { Json, JsonObject } from "../../../../lib/core/json.ts";
import { Refusal } from "./failure.ts";
import { isMapping } from "./values.ts";

type Names = { readonly [name: string]: Json };

/** Programs, each with what jq's manual says that it gives. */
const PROGRAMS: { readonly [program: string]: (input: Json, names: Names) => readonly Json[] } = {
  ".n": (input) => [field(input, "n")],
  "{id, n: (.n // 0)}": (input) => [{ id: field(input, "id"), n: orElse(field(input, "n"), 0) }],
  ".gone": (input) => [field(input, "gone")],
  empty: () => [],
  ".words[]?": (input) => elements(field(input, "words")),
  "[.list[]? | .id?]": (input) => [
    elements(field(input, "list")).flatMap((one) =>
      isMapping(one) || one === null ? [field(one, "id")] : [],
    ),
  ],
  length: (input) => [lengthOf(input)],
  'if type == "object" then keys else [] end': (input) => [isMapping(input) ? Object.keys(input).sort() : []],
  ".text | strings | ascii_upcase": (input) => {
    const text = field(input, "text");
    return typeof text === "string" ? [text.replace(/[a-z]+/g, (part) => part.toUpperCase())] : [];
  },
  'if .n == 3 then error("no 3") else .n end': (input) => {
    const n = field(input, "n");
    if (n === 3) throw new Refusal("code_error");
    return [n];
  },
  "$input.id": (_input, { input = null }) => [field(input, "id")],
  "$workflow.name": (_input, { workflow = null }) => [field(workflow, "name")],
  'if type == "array" then map(type) else null end': (input) => [
    Array.isArray(input) ? input.map(typeOf) : null,
  ],
};

/** Every program whose answer is known. */
export const JQ_PROGRAMS = Object.keys(PROGRAMS);

/** What a `jq` step writes. @throws Refusal where the program fails. */
export function answerOf({ query, multiple }: JsonObject, input: Json, names: Names): Json {
  const results = PROGRAMS[String(query)]?.(input, names);
  if (!results) throw new Error(`the model does not know ${query}`);
  return multiple || results.length > 1 ? results : (results[0] ?? null);
}

/** `.name`, which only mappings and null have. */
function field(value: Json, name: string): Json {
  if (value !== null && !isMapping(value)) throw new Refusal("code_error");
  return value?.[name] ?? null;
}

/** `a // b`. */
function orElse(value: Json, other: Json): Json {
  return value === null || value === false ? other : value;
}

/** `.[]?` */
function elements(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value;
  return isMapping(value) ? Object.values(value) : [];
}

/** jq's name of a value's type. */
function typeOf(value: Json): string {
  if (value === null) return "null";
  if (isMapping(value)) return "object";
  return Array.isArray(value) ? "array" : JSON.isRawJSON(value) ? "number" : typeof value;
}

function lengthOf(value: Json): number {
  if (typeof value === "boolean") throw new Refusal("code_error");
  if (typeof value === "string") return [...value].length;
  if (Array.isArray(value)) return value.length;
  return isMapping(value) ? Object.keys(value).length : Math.abs(Number(value));
}
