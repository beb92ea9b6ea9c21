import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import {
  createInputCatalog,
  createWorkflowCatalog,
  createWorkflowTexts,
} from "../../lib/adapters/catalog-file.ts";
import { formatJson } from "../../lib/core/json.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "catalog-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const replace = (name: string, content: string) => {
  const file = join(folder, name);
  writeFileSync(`${file}.new`, content);
  renameSync(`${file}.new`, file);
  return file;
};

test("workflows are found by name, numbers with all their digits", () => {
  const orders = '{"name":"orders","hash":"aa","output":12345678901234567890}';
  const file = replace("workflows.json", `[${orders},{"name":"refunds","hash":"bb"}]`);
  const catalog = createWorkflowCatalog(file);
  expect(catalog.all().map(({ name }) => name)).toEqual(["orders", "refunds"]);
  expect(formatJson(catalog.current("orders")?.output ?? null)).toBe("12345678901234567890");
  expect(catalog.current("none")).toBeUndefined();
});

test("a file that is replaced is read again, one that is not is kept", () => {
  const file = replace(
    "inputs.json",
    '[{"name":"orders","hash":"aa","type":"http_webhook","retentionDays":30}]',
  );
  const catalog = createInputCatalog(file);
  const first = catalog.all();
  expect(catalog.all()).toBe(first);
  replace("inputs.json", "[]");
  expect(catalog.all()).toEqual([]);
});

test("a workflow by itself is read when it is asked for; one that is not there is none, one that is broken is named", () => {
  const texts = createWorkflowTexts(folder);
  expect(texts.current("alone")).toBeUndefined();
  replace("alone.json", '{"name":"alone","hash":"aa","output":12345678901234567890}');
  expect(formatJson(texts.current("alone")?.output ?? null)).toBe("12345678901234567890");
  replace("alone.json", "{");
  expect(() => texts.current("alone")).toThrow(/alone\.json cannot be read: .*JSON.* Build it again/);
});

test.each([
  ["missing.json", undefined, /missing\.json cannot be read: .*ENOENT/],
  ["broken.json", '[{"name":', /broken\.json cannot be read: .*JSON/],
  ["object.json", "{}", /object\.json cannot be read: it holds no list/],
])("a catalog that cannot be read is named: %s", (name, content, message) => {
  const file = content === undefined ? join(folder, name) : replace(name, content);
  for (const create of [createWorkflowCatalog, createInputCatalog])
    expect(() => create(file)).toThrow(
      expect.objectContaining({ class: "config_error", message: expect.stringMatching(message) }),
    );
});
