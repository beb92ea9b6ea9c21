import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { generatedDocs } from "../../lib/cli/generated-docs.ts";

test.each([...generatedDocs()])(
  "%s is what the step types make: npm run reference writes it",
  (path, text) => {
    expect(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")).toBe(text);
  },
);
