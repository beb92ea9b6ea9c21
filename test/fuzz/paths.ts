import assert from "node:assert/strict";
import * as fc from "fast-check";
import { FlowError } from "../../lib/core/flow-error.ts";
import { isObject, type Json, jsonEquals } from "../../lib/core/json.ts";
import { deletePath, formatPath, type Path, parsePath, readPath, writePath } from "../../lib/core/path.ts";
import { anyState, pathText, prototypeKeys } from "./fragments.ts";
import { fuzzTarget } from "./fuzz-target.ts";

const REFUSED = prototypeKeys.slice(0, 3);

/** Paths of any text on any state: a FlowError, or own properties only. */
export const paths = fuzzTarget("paths", fc.tuple(pathText, anyState, anyState), ([text, state, value]) => {
  const path = refusedOr(() => parsePath(text));
  if (path === undefined) return;
  assert.deepEqual(parsePath(formatPath(path)), path);
  const found = readPath(state, path);
  assert.equal(typeof found === "function", false);
  if (path.some((key) => REFUSED.includes(key))) assert.equal(found, undefined);
  else assert.equal(found, ownValue(state, path));
  const written = refusedOr(() => writePath(state, path, value));
  if (written !== undefined) {
    assert.ok(jsonEquals(readPath(written, path), value));
    assert.ok(!isObject(written) || Object.getPrototypeOf(written) === Object.prototype);
  }
  const deleted = deletePath(state, path);
  if (found === undefined) assert.equal(deleted, state);
});

/** What a walk over own properties finds, told in another way. */
function ownValue(state: Json, path: Path): Json | undefined {
  return path.reduce<Json | undefined>((value, key) => {
    if (typeof value !== "object" || value === null || JSON.isRawJSON(value)) return undefined;
    if (Array.isArray(value) && !/^\d+$/.test(key)) return undefined;
    const property = Array.isArray(value) ? String(Number(key)) : key;
    return Object.getOwnPropertyDescriptor(value, property)?.value;
  }, state);
}

function refusedOr<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (thrown) {
    assert.ok(thrown instanceof FlowError, String(thrown));
    return undefined;
  }
}
