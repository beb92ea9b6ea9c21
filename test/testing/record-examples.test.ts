import { readdirSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import * as z from "zod";
import { createJq } from "../../lib/adapters/jq/jq-worker-pool.ts";
import { createPython } from "../../lib/adapters/python/python-pool.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
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
      "%s: its recording passes, or is refused with a reason",
      async (_name, example) => {
        const recorded = recordExample(example, interpreters).catch((error: unknown) => refusalOf(error));
        const { failures, text } = await recorded;
        expect({ failures, ...(failures.length > 0 && { text }) }).toEqual({ failures: [] });
      },
    );
  });
}

/** @throws what is no refusal. */
function refusalOf(error: unknown) {
  if (!(error instanceof FlowError) || !/makes no test: ./.test(error.message)) throw error;
  return { failures: [], text: error.message };
}
