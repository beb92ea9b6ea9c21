import { readdirSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import * as z from "zod";
import { createJq } from "../../lib/adapters/jq-worker-pool.ts";
import { createPython } from "../../lib/adapters/python/python-pool.ts";
import { oneInterpreter } from "../../lib/testing/one-interpreter.ts";
import { type Example, exampleSchema } from "../support/example.ts";
import { recordExample } from "../support/record-example.ts";

const folder = new URL("../language/", import.meta.url);
const jq = createJq();
const pool = createPython({ spare: false });
const interpreters = { jq, python: oneInterpreter(pool) };
afterAll(() => Promise.all([jq.close(), pool.close()]));

for (const file of readdirSync(folder).filter((name) => name.endsWith(".yaml"))) {
  const examples: Example[] = z
    .array(exampleSchema)
    .parse(parse(readFileSync(new URL(file, folder), "utf8")));
  describe(file, () => {
    test.each(examples.map((example) => [example.name, example] as const))(
      "%s: its recording passes",
      async (_name, example) => {
        const { failures, text } = await recordExample(example, interpreters);
        expect({ failures, ...(failures.length > 0 && { text }) }).toEqual({ failures: [] });
      },
    );
  });
}
