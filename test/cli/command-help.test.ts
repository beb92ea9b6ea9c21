import { describe, expect, test } from "@jest/globals";
import { helpOf, leaves } from "../../lib/cli/cli-page.ts";
import { complete } from "../../lib/cli/complete.ts";
import { createProgram } from "../../lib/cli/main.ts";

/** What these print is a program's text, or a file's. */
const WITHOUT_JSON = ["hookline record", "hookline schema", "hookline reference", "hookline completion"];
const commands = leaves(
  createProgram(() => {}),
  "hookline",
);

describe.each(commands)("%s", (name, command) => {
  test("shows an example of itself", () => {
    expect(helpOf(command)).toMatch(new RegExp(`Examples:\n(?:  \\$ .*\n)*  \\$ .*${name}`));
  });

  test("prints JSON for scripts, unless it prints a text", () => {
    const has = command.options.some(({ long }) => long === "--json");
    expect(has).toBe(!WITHOUT_JSON.includes(name));
  });
});

describe("completion", () => {
  const known = {
    workflows: async () => ["order", "other"],
    runIds: async ({ stage }: { readonly stage: string }) => [`run-of-${stage}`],
  };
  const program = createProgram(() => {});
  test.each([
    ["the first letters of a command", ["ru"], ["run", "runs"]],
    ["commands below one", ["dlq", ""], ["list", "redrive", "purge"]],
    ["options", ["runs", "tail", "--st"], ["--status", "--stage"]],
    ["an option's choices", ["runs", "list", "--status", "d"], ["dropped"]],
    ["workflows behind --workflow", ["runs", "list", "--workflow", "or"], ["order"]],
    ["workflows as the argument", ["url", "o"], ["order", "other"]],
    ["run ids of the stage that is named", ["runs", "explain", "--stage", "prod", ""], ["run-of-prod"]],
    ["nothing where files stand", ["run", "wor"], []],
  ])("gives %s", async (_what, words, found) => {
    expect(await complete(program, words, known)).toEqual(found);
  });

  test("gives nothing where the stage cannot be asked", async () => {
    const broken = { ...known, runIds: () => Promise.reject(new Error("no stack")) };
    expect(await complete(program, ["runs", "show", ""], broken)).toEqual([]);
  });
});
