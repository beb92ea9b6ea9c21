import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { SPLITS_FRESH_MS } from "../../lib/app/served-entry.ts";
import { type StackFolder, type StackProcess, stackFolder, startStack } from "./stack-process.ts";

const lead = (word: string) => `name: lead
steps: [{ type: print, text: ${word} }]
output: { word: ${word} }
`;
let folder: StackFolder;
let stack: StackProcess;

beforeAll(async () => {
  folder = stackFolder({ "lead.yaml": lead("one") });
  stack = await startStack(folder);
  folder.write("lead.yaml", lead("two"));
  await stack.said("lead.yaml was read");
});
afterAll(async () => {
  await stack.end("SIGINT");
  folder.remove();
});

async function wordOf(): Promise<unknown> {
  const id = await stack.accept("lead", {});
  await stack.said(`${id}  succeeded`);
  return ((await stack.ask("runs", "show", id)) as { readonly output: { readonly word: string } }).output
    .word;
}

/** Posts until a run is of the version, at most as long as a change may take to be known. */
async function comesTo(word: string): Promise<boolean> {
  const end = Date.now() + SPLITS_FRESH_MS + 10_000;
  while (Date.now() < end) if ((await wordOf()) === word) return true;
  return false;
}

test("a rollback reaches a running stack without a restart, outlives one, and ends when the file changes", async () => {
  expect(await wordOf()).toBe("two");
  await stack.ask("rollback", "lead", "--yes");
  expect(await comesTo("one")).toBe(true);
  await stack.end("SIGINT");
  stack = await startStack(folder);
  expect(await wordOf()).toBe("one");
  folder.write("lead.yaml", lead("three"));
  await stack.said("lead.yaml was read");
  expect(await wordOf()).toBe("three");
  expect(await stack.ask("versions", "lead")).toMatchObject({ split: null, versions: [{}, {}, {}] });
});
