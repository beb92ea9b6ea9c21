import type { Command, Option } from "commander";
import { DEFAULT_DATA_FOLDER, LOCAL_STAGE } from "../local/local-names.ts";
import type { HistoryOptions } from "./history.ts";

/** What a stage has, for the arguments that name it. */
export interface KnownNames {
  workflows(place: HistoryOptions): Promise<readonly string[]>;
  runIds(place: HistoryOptions): Promise<readonly string[]>;
}

/**
 * What may stand in the place of the last of these words, which is begun or empty: commands, options, choices, names of workflows and ids
 * of the latest runs. Nothing where the shell knows better (files), or the stage cannot be asked.
 */
export async function complete(
  program: Command,
  words: readonly string[],
  known: KnownNames,
): Promise<readonly string[]> {
  const begun = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  let command = program;
  let rest = before;
  for (let next = childOf(command, rest); next; next = childOf(command, rest)) {
    command = next;
    rest = rest.slice(1);
  }
  const option = optionOf(command, rest.at(-1));
  const place = {
    stage: valueBehind("--stage", rest) ?? LOCAL_STAGE,
    data: valueBehind("--data", rest) ?? DEFAULT_DATA_FOLDER,
  };
  const candidates = option?.required
    ? await valuesOf(option, place, known)
    : begun.startsWith("-")
      ? command.options.flatMap(({ long }) => long ?? [])
      : [...namesOf(command), ...(await argumentsOf(command, place, known))];
  return candidates.filter((one) => one.startsWith(begun));
}

function childOf(command: Command, [word]: readonly string[]): Command | undefined {
  return command.commands.find((one) => one.name() === word);
}

function optionOf(command: Command, word: string | undefined): Option | undefined {
  return command.options.find(({ long, short }) => word !== undefined && (word === long || word === short));
}

function valueBehind(flag: string, words: readonly string[]): string | undefined {
  const at = words.lastIndexOf(flag);
  return at < 0 ? undefined : words[at + 1];
}

async function valuesOf(
  option: Option,
  place: HistoryOptions,
  known: KnownNames,
): Promise<readonly string[]> {
  return option.long === "--workflow" ? orNone(known.workflows(place)) : (option.argChoices ?? []);
}

function namesOf(command: Command): readonly string[] {
  return command.commands.map((one) => one.name()).filter((name) => name !== "complete");
}

async function argumentsOf(
  command: Command,
  place: HistoryOptions,
  known: KnownNames,
): Promise<readonly string[]> {
  const [first] = command.registeredArguments;
  if (first?.argChoices) return first.argChoices;
  const name = first?.name();
  if (name === "run-id" || name === "run-ids") return orNone(known.runIds(place));
  return ["url", "trigger"].includes(command.name()) ? orNone(known.workflows(place)) : [];
}

async function orNone(names: Promise<readonly string[]>): Promise<readonly string[]> {
  return names.catch(() => []);
}
