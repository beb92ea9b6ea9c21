import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { BREAKS } from "./sim/breaks.ts";

test.each(BREAKS)("$name: its text stands in $file once", ({ file, from }) => {
  expect(readFileSync(file, "utf8").split(from)).toHaveLength(2);
});
