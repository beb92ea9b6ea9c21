import { readdirSync, readFileSync } from "node:fs";
import { afterAll, describe, test } from "@jest/globals";
import { parse } from "yaml";
import * as z from "zod";
import { createJq } from "../../lib/adapters/jq-worker-pool.ts";
import { checkExample, exampleSchema } from "../support/example.ts";

const folder = new URL("./", import.meta.url);
const jq = createJq();
afterAll(() => jq.close());

for (const file of readdirSync(folder).filter((name) => name.endsWith(".yaml"))) {
  describe(file, () => {
    const examples = z
      .array(exampleSchema)
      .parse(parse(readFileSync(new URL(file, folder), "utf8"), { intAsBigInt: false }));
    for (const example of examples) test(example.name, () => checkExample(example, jq));
  });
}
