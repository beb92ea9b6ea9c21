import { expect, test } from "@jest/globals";
import { compileJq } from "../../lib/cli/check/compile-jq.ts";
import type { AnyStep } from "../../lib/core/step.ts";
import { checkWorkflow } from "../../lib/language/check/check-workflow.ts";
import { stepTypes } from "../../lib/steps/registry.ts";
import { largeWorkflow } from "../support/large-workflow.ts";

/** Step types that count how often anything is asked of them. */
function countingTypes(): { readonly types: ReadonlyMap<string, AnyStep>; readonly asked: () => number } {
  let asked = 0;
  const counted = <Value extends object>(value: Value): Value =>
    new Proxy(value, {
      get(target, key, receiver) {
        asked += 1;
        return Reflect.get(target, key, receiver);
      },
    });
  const types = [...stepTypes].map(
    ([type, step]) =>
      [type, counted({ ...step, ...(step.facts && { facts: counted(step.facts) }) })] as const,
  );
  return { types: new Map(types), asked: () => asked };
}

async function askedFor(hundreds: number): Promise<number> {
  const { types, asked } = countingTypes();
  const { workflow, problems } = await checkWorkflow(largeWorkflow(hundreds), "large.yaml", {}, types);
  expect([workflow?.name, problems.filter(({ severity }) => severity !== "note")]).toEqual(["large", []]);
  return asked();
}

test("twice the steps are twice the work", async () => {
  const [few, many] = [await askedFor(2), await askedFor(4)];
  expect(many / few).toBeLessThan(2.05);
});

test("sound jq programs are compiled in a twenty-fifth of the calls, and a wrong one alone", async () => {
  const compiled: string[] = [];
  const jq = {
    async compile(program: string) {
      compiled.push(program);
      return program.includes("wrong") ? { line: 1, column: 1, message: "wrong/0 is not defined" } : null;
    },
  };
  expect(
    await compileJq(
      jq,
      Array.from({ length: 100 }, (_, index) => `.a + ${index}`),
    ),
  ).toEqual([]);
  expect(compiled).toHaveLength(4);
  expect(await compileJq(jq, [".a", "wrong", ".b # end"])).toEqual([
    { index: 1, line: 1, column: 1, message: "jq: wrong/0 is not defined" },
  ]);
  expect(compiled.slice(5)).toEqual([".a", "wrong", ".b # end"]);
});
