import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { type Command, CommanderError } from "commander";
import { createProgram } from "../../lib/cli/main.ts";
import { type DocPage, docPages, REPOSITORY, readPage } from "../support/doc-pages.ts";

const { scripts } = JSON.parse(readFileSync(`${REPOSITORY}/package.json`, "utf8")) as {
  readonly scripts: { readonly [name: string]: string };
};

interface Shown {
  readonly place: string;
  /** As a shell would give them. */
  readonly words: readonly string[];
  /** False where a text only names it, and may leave out its arguments. */
  readonly whole: boolean;
}

/** Our own commands in the shell blocks of a page, and where its text shows one in code. */
function commandsOf({ blocks, prose, path }: DocPage): readonly Shown[] {
  const lines = blocks
    .filter(({ language }) => language === "sh")
    .flatMap(({ place, text }) => text.split("\n").map((line) => ({ place, line, whole: true })));
  const named = [...prose.matchAll(/`((?:npx hookline|hookline|npm run|npm start|npm test) [^`\n]+)`/g)]
    .map(([, line = ""]) => ({ place: path, line, whole: false }))
    // Several commands in one, or a part left out.
    .filter(({ line }) => !/[|…]/.test(line));
  return [...lines, ...named].flatMap(({ line, ...shown }) =>
    splitLine(line).map((words) => ({ ...shown, words })),
  );
}

/** The commands of a line of shell that are ours, those within `$(…)` too; comments are left out. */
function splitLine(line: string): readonly (readonly string[])[] {
  const inner = [...line.matchAll(/\$\(([^()]*)\)/g)].flatMap(([, text = ""]) => splitLine(text));
  const outer = line.replace(/\$\([^()]*\)/g, "VALUE");
  const words: (string | null)[] = [];
  for (const [, quoted, double, plain, end] of outer.matchAll(
    /'([^']*)'|"([^"]*)"|([^\s|;&<>'"]+)|(\|\|?|;|&&?|[<>]\s*\S+)/g,
  )) {
    if (plain?.startsWith("#")) break;
    words.push(end === undefined ? (quoted ?? double ?? plain ?? "") : null);
  }
  return [...inner, ...parts(words).flatMap(ours)];
}

function parts(words: readonly (string | null)[]): readonly (readonly string[])[] {
  const found: string[][] = [[]];
  for (const word of words) {
    if (word === null) found.push([]);
    else found.at(-1)?.push(word);
  }
  return found;
}

function ours(words: readonly string[]): readonly (readonly string[])[] {
  const at = words.findIndex((word) => !/^\w+=/.test(word) && word !== "$" && word !== "do");
  const command = words.slice(Math.max(at, 0));
  if (command[0] === "npx" && command[1] === "hookline") return [command.slice(1)];
  return command[0] === "hookline" || command[0] === "npm" ? [command] : [];
}

/** What is wrong with a command; null when it is one of the project's, with options and arguments that it takes. */
function faultOf({ words: [name = "", ...words], whole }: Omit<Shown, "place">): string | null {
  if (name === "hookline") return faultOfHookline(words, whole);
  const [verb = "", ...rest] = words;
  if (verb === "ci" || verb === "install") return null;
  const [script = "", ...args] = verb === "run" ? rest : [verb, ...rest];
  const text = scripts[script];
  if (text === undefined) return `package.json has no script ${script}`;
  const [, fixed] = /hookline\.mjs (.*)$/.exec(text) ?? [];
  const passed = args.slice(args.indexOf("--") + 1);
  return fixed === undefined ? null : faultOfHookline([...fixed.split(" "), ...passed], whole);
}

function faultOfHookline(words: readonly string[], whole: boolean): string | null {
  const { command, rest } = findCommand(
    createProgram(() => {}),
    words,
  );
  if (rest.includes("--help")) return null;
  if (command.commands.length > 0)
    return rest.length > 0 || whole ? `there is no command "${rest[0] ?? ""}"` : null;
  try {
    const { operands, unknown } = command.configureOutput({ writeErr: () => {} }).parseOptions([...rest]);
    const { registeredArguments: known } = command;
    if (unknown.length > 0) return `there is no option ${unknown[0]}`;
    if (whole && operands.length < known.filter(({ required }) => required).length)
      return "an argument is missing";
    if (operands.length > known.length && known.at(-1)?.variadic !== true)
      return `${operands.at(-1)} is one argument too many`;
    return null;
  } catch (error) {
    if (error instanceof CommanderError) return error.message;
    throw error;
  }
}

function findCommand(
  command: Command,
  [name, ...rest]: readonly string[],
): { readonly command: Command; readonly rest: readonly string[] } {
  const below = command.commands.find((one) => one.name() === name);
  if (below) return findCommand(below, rest);
  return { command, rest: name === undefined ? [] : [name, ...rest] };
}

// The page of the command line is made of the commands themselves.
const pages = docPages.filter(({ path }) => path !== "docs/cli.md" && path !== "CHANGELOG.md");
const commands = pages.flatMap(commandsOf).map((shown) => ({ ...shown, line: shown.words.join(" ") }));

test.each(commands)("$place: $line", (shown) => {
  expect(faultOf(shown)).toBeNull();
});

test("commands are found", () => {
  expect(commands.length).toBeGreaterThan(150);
});

describe("what would be told", () => {
  const faultsIn = (line: string) =>
    commandsOf(readPage("page.md", `\`\`\`sh\n${line}\n\`\`\`\n`)).map(faultOf);
  test.each([
    ["npx hookline runs show RUN_ID --stage prod   # fine", [null]],
    ["npx hookline runz list", ['there is no command "runz"']],
    ["hookline runs lst", ['there is no command "lst"']],
    ["hookline runs list --statsu failed", ["there is no option --statsu"]],
    ["hookline runs list --status nothing", [expect.stringContaining("nothing")]],
    ["hookline runs show", ["an argument is missing"]],
    ["hookline url a b", ["b is one argument too many"]],
    ['curl -d @x "$(npx hookline uri signup)"', ['there is no command "uri"']],
    ["echo '{}' | npx hookline run x.yaml --evnt -", ["there is no option --evnt"]],
    ["npm run deply -- --stage prod", ["package.json has no script deply"]],
    ["npm run deploy -- --stge prod", ["there is no option --stge"]],
    ["npm ci && npm start -- --prt 9", [null, "there is no option --prt"]],
  ])("%s", (line, faults) => {
    expect(faultsIn(line)).toEqual(faults);
  });
});
