import type { JqPool } from "../../lib/adapters/jq/jq-worker-pool.ts";
import { listPrice } from "../../lib/adapters/llm/model-cost.ts";
import { compileJq } from "../../lib/cli/check/compile-jq.ts";
import type { PythonCompiler } from "../../lib/core/ports/python.ts";
import type { Problem } from "../../lib/language/problem.ts";
import type { CheckServices } from "../../lib/language/rule.ts";

/** Prices move; these are of one day. */
const DAY = Date.parse("2026-11-27");

/** What `hookline check` asks, without a stage. */
export function servicesOf(jq: JqPool, python: PythonCompiler): CheckServices {
  return {
    compileJq: (programs) => compileJq(jq, programs),
    compilePython: (programs) => python.compile(programs),
    priceOf: (provider, model) => listPrice({ provider, model }, DAY),
  };
}

/** A problem as the corpora write it: `severity rule line:column`. */
export function shown({ severity, id, line, column }: Problem): string {
  return `${severity} ${id} ${line}:${column}`;
}
