import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  type Condition,
  checkComparison,
  comparisonsIn,
  conditionSchema,
  conditionsHold,
  OPERATORS,
} from "../../lib/core/condition.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { Json } from "../../lib/core/json.ts";
import { parsePath, readPath } from "../../lib/core/path.ts";
import { renderDeep } from "../../lib/core/template.ts";
import { anyJson } from "../support/any-json.ts";
import { anyState, evaluable, pathText } from "./fragments.ts";
import { fuzzTarget } from "./fuzz-target.ts";

const PATTERNS = [
  "(a+)+$",
  "(a|a)*b",
  "^(?:x|y{1,20})+$",
  "[",
  "(?=a)",
  "\\1",
  ".*.*.*=",
  "(?i)É",
  "\\pL+",
  "a{1000}",
];
const field = fc.oneof(fc.constantFrom("a", "a.b", "a.b[1].c", "b", "toString", "a.constructor"), pathText);
const value = fc.oneof(
  fc.constantFrom<Json>(...PATTERNS, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "12", 3, "${a}", "${b}"),
  evaluable,
  anyJson,
);

const comparison = fc
  .record(
    { field, op: fc.constantFrom<string>(...OPERATORS, "like", "__proto__"), value },
    { requiredKeys: ["field", "op"] },
  )
  .map((one): Json => one as Json);
const condition: fc.Arbitrary<Json> = fc.letrec<{ any: Json }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    comparison,
    comparison,
    fc.array(tie("any"), { maxLength: 3 }).map((all) => ({ all })),
    fc.array(tie("any"), { maxLength: 3 }).map((any) => ({ any })),
    tie("any").map((not) => ({ not })),
    anyJson,
  ),
})).any;

/** Anything as a condition on any state: refused by the schema, a FlowError, or true or false. */
export const conditions = fuzzTarget("conditions", fc.tuple(condition, anyState), ([raw, state]) => {
  const { success, data } = conditionSchema.safeParse(raw);
  if (!success) return;
  try {
    for (const one of comparisonsIn([data])) checkComparison(one);
    assert.equal(typeof holds(data, state), "boolean");
    assert.equal(holds({ not: data }, state), !holds(data, state));
  } catch (thrown) {
    assert.ok(thrown instanceof FlowError, String(thrown));
  }
});

function holds(one: Condition, state: Json): boolean {
  const path = (text: string) => readPath(state, parsePath(text));
  return conditionsHold([one], {
    read: path,
    render: (template) =>
      renderDeep(template, { path: (keys) => readPath(state, keys), env: () => undefined, missing() {} }),
  });
}
