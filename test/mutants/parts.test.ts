import { existsSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { parts } from "./parts.ts";

test("every file that is mutated, and every suite that is to notice, is there", () => {
  const missing = parts
    .flatMap(({ files, suites }) => [...files, ...suites])
    .filter((path) => !existsSync(path));
  expect(missing).toEqual([]);
});

test("no file is mutated twice", () => {
  const files = parts.flatMap((part) => part.files);
  expect(files).toEqual([...new Set(files)]);
});
