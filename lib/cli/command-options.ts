import { type Command, InvalidArgumentError, Option } from "commander";
import { ERROR_CLASSES } from "../core/flow-error.ts";
import { DEFAULT_DATA_FOLDER, LOCAL_STAGE } from "../local/local-names.ts";
import type { Terminal } from "./new/ask-for-workflow.ts";

/** A whole number from `least` to `most`, as commander parses it. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Write a whole number from ${least} to ${most}.`);
  };
}

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const;

/** A time of the past, as commander parses it: `90m`, `2h`, `3d`, `1w` before now, or ISO 8601. Milliseconds since the epoch. */
export function pastTime(text: string): number {
  const [, count, unit] = /^(\d{1,5})([mhdw])$/.exec(text) ?? [];
  const time = unit
    ? Date.now() - Number(count) * UNITS[unit as keyof typeof UNITS]
    : /^\d{4}-\d\d-\d\d/.test(text)
      ? Date.parse(text)
      : Number.NaN;
  if (Number.isNaN(time) || time > Date.now())
    throw new InvalidArgumentError(
      "Write a time of the past: 90m, 2h, 3d or 1w ago, or a date as 2026-11-23 or 2026-11-23T08:15:00Z.",
    );
  return time;
}

/** A span of time, as commander parses it: `0`, `90m`, `2h`, `3d`, `1w`. Milliseconds. */
export function timeSpan(text: string): number {
  const [, count, unit] = /^(\d{1,5})([mhdw])$/.exec(text) ?? [];
  if (text === "0") return 0;
  if (unit) return Number(count) * UNITS[unit as keyof typeof UNITS];
  throw new InvalidArgumentError("Write a span of time: 0, 30m, 24h, 7d or 2w.");
}

/** Collects an option that may be given several times. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

/** `--data`. */
export const dataOption = () =>
  new Option("--data <dir>", "folder of the local stack").default(DEFAULT_DATA_FOLDER);

/** `--stage`. */
const stageOption = () => new Option("--stage <name>", "stage to look at").default(LOCAL_STAGE);

/** `--json`. */
export const jsonOption = (what = "print JSON for scripts") => new Option("--json", what);

/** The options that say where a command looks: `--stage` and `--data`. */
export function atStage(command: Command): Command {
  return command.addOption(stageOption()).addOption(dataOption());
}

/** The same for a command that prints what it finds: with `--json`. */
export function printsFrom(command: Command, json?: string): Command {
  return atStage(command).addOption(jsonOption(json));
}

/** Lines of a command's help that show how it is called. */
export function example(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}`;
}

/** `--class`. */
export const classOption = () =>
  new Option("--class <class>", "only those that failed with this class of error").choices(ERROR_CLASSES);

/** `--since`. */
export const sinceOption = () =>
  new Option("--since <time>", "not older than this: 90m, 2h, 3d, 1w or a date").argParser(pastTime);

/** `--until`. */
export const untilOption = () => new Option("--until <time>", "not newer than this").argParser(pastTime);

const FASTEST = 1_000;
const USUAL_PER_SECOND = 20;

/** The options of a command that changes many things, and those that say where. */
export function addActOptions(command: Command): Command {
  const acting = command
    .option("--dry-run", "say what would be changed, and change nothing")
    .addOption(
      new Option("--per-second <n>", "how many a second at most")
        .default(USUAL_PER_SECOND)
        .argParser(wholeNumber(1, FASTEST)),
    )
    .option("--yes", "don't ask");
  return printsFrom(acting, "print a line of JSON for each, and a summary");
}

/** The terminal where a command can ask; undefined where there is none, or its output is for scripts. */
export function terminalFor({ json }: { readonly json?: boolean }): Terminal | undefined {
  const { stdin, stdout } = process;
  return stdin.isTTY && stdout.isTTY && !json ? { input: stdin, output: stdout } : undefined;
}
