import { readdirSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import * as z from "zod";
import { createJq } from "../../lib/adapters/jq/jq-worker-pool.ts";
import { createPython } from "../../lib/adapters/python/python-pool.ts";
import { isObject, type Json } from "../../lib/core/json.ts";
import { formatPath, type Path } from "../../lib/core/path.ts";
import { RESERVED_SHAPES } from "../../lib/core/reserved-names.ts";
import type { Shape } from "../../lib/core/step-facts.ts";
import { buildFlow } from "../../lib/language/check/flow/build-flow.ts";
import type { FlowStep } from "../../lib/language/check/flow/flow-step.ts";
import { isPrefix } from "../../lib/language/check/flow/key-shape.ts";
import { loadFile } from "../../lib/language/load-workflow.ts";
import { stepTypes } from "../../lib/steps/registry.ts";
import { oneInterpreter } from "../../lib/testing/one-interpreter.ts";
import { type Example, exampleSchema, runExample, workflowText } from "../support/example.ts";

const folder = new URL("../language/", import.meta.url);
const jq = createJq();
const pool = createPython({ spare: false });
const interpreters = { jq, python: oneInterpreter(pool) };
afterAll(() => Promise.all([jq.close(), pool.close()]));

function stepsOf(given: Example["given"]): ReadonlyMap<string, FlowStep> {
  const { workflow, root, text, origins } = loadFile(workflowText(given), "example.yaml");
  if (!workflow || !root) throw new Error("the example does not load");
  const { all } = buildFlow(workflow, root, { text, origins, types: stepTypes });
  return new Map(all.map((one) => [one.step.id, one]));
}

/** Whether a value looks as its shape says. A shape that knows keys may lack some, and says nothing of null. */
function fits(value: Json | undefined, shape: Shape): boolean {
  if (shape === "any" || value === null || value === undefined) return true;
  if (Array.isArray(value)) return false;
  if (!isObject(value)) return true;
  return Object.entries(value).every(
    ([key, inner]) => Object.hasOwn(shape, key) && fits(inner, shape[key] as Shape),
  );
}

/** What of a write nothing foretold: its path, or a value of another shape. */
function surprise(step: FlowStep, path: Path, value: Json | undefined): string | undefined {
  if (step.writesAny) return undefined;
  const foretold = step.writes.filter((write) => isPrefix(write.path, path));
  if (foretold.length === 0) return `${step.step.id} writes ${formatPath(path)}, which nothing foretells`;
  const exact = foretold.filter((write) => write.path.length === path.length);
  const isFitting = exact.length === 0 || exact.some(({ shape }) => fits(value, shape));
  return isFitting ? undefined : `${step.step.id} writes ${formatPath(path)} as ${JSON.stringify(value)}`;
}

describe("a step writes what its definition foretells, and nothing else", () => {
  test.each(readdirSync(folder).filter((name) => name.endsWith(".yaml")))(
    "in test/language/%s",
    async (file) => {
      const text = readFileSync(new URL(file, folder), "utf8");
      const surprises: string[] = [];
      for (const { name, given } of z.array(exampleSchema).parse(parse(text, { intAsBigInt: false }))) {
        const steps = stepsOf(given);
        const { journal } = await runExample(given, interpreters);
        for (const { id, patch = [] } of journal) {
          const step = steps.get(id);
          for (const { path, value, restores } of patch) {
            const found = step && !restores && value !== undefined ? surprise(step, path, value) : undefined;
            if (found !== undefined) surprises.push(`${name}: ${found}`);
          }
        }
      }
      expect(surprises).toEqual([]);
    },
  );
});

test("reserved names have the parts that check knows, and no others", async () => {
  const whole = Object.fromEntries(["request", "workflow", "run"].map((name) => [name, `\${${name}}`]));
  const given = exampleSchema.shape.given.parse({
    steps: [
      { type: "set", values: { seen: whole } },
      { type: "fail", message: "no" },
    ],
    on_failure: [{ type: "set", values: { "seen.error": "${error}" } }],
  });
  const { view } = await runExample(given, interpreters);
  const { seen = null } = view.state as { readonly [key: string]: Json };
  const parts = (value: object) =>
    Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, Object.keys(inner as object).sort()]),
    );
  expect(parts(seen as object)).toEqual(parts(RESERVED_SHAPES));
});
