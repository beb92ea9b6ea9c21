import { readdirSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import * as z from "zod";
import { createJq } from "../../lib/adapters/jq/jq-worker-pool.ts";
import { createPython } from "../../lib/adapters/python/python-pool.ts";
import { oneInterpreter } from "../../lib/testing/one-interpreter.ts";
import { checkExample, exampleSchema } from "../support/example.ts";
import { type Shown, unshown } from "../support/language-coverage.ts";

const folder = new URL("./", import.meta.url);
const jq = createJq();
const pool = createPython({ spare: false });
// That runs never share one is the contract suite's matter.
const python = oneInterpreter(pool);
const shown: Shown[] = [];
let count = 0;
afterAll(() => Promise.all([jq.close(), pool.close()]));

for (const file of readdirSync(folder).filter((name) => name.endsWith(".yaml"))) {
  describe(file, () => {
    const examples = z
      .array(exampleSchema)
      .parse(parse(readFileSync(new URL(file, folder), "utf8"), { intAsBigInt: false }));
    for (const example of examples) {
      count += 1;
      test(example.name, async () => {
        shown.push({ example, view: await checkExample(example, { jq, python }) });
      });
    }
  });
}

test("every step and parameter, every common key and its values, every operator, error class, failure policy, form of template and reserved name has an example", () => {
  expect(shown).toHaveLength(count);
  expect(unshown(shown)).toEqual([]);
});
