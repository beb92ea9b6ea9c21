import { excerpt } from "../../core/excerpt.ts";
import type { JqProblem } from "../../core/ports/jq.ts";

const MOST_LINES = 200;
const MOST_CHARACTERS = 65_536;
const LONGEST_FAILURE = 500;

const DEBUG = /^(.*?)\["DEBUG:",(.*)\]$/;
const RAISED = /jq: error (?=\(at \/dev\/stdin:\d+\))/;
const PLACED = /^jq: error: (.*?) at <top-level>, line (\d+), column (\d+)/;

/** What jq wrote to its standard error: the lines of `debug` and `stderr`, then, when it failed, why. */
export function readMessages(
  text: string,
  failed: boolean,
): { readonly logs: readonly string[]; readonly failure: string } {
  const at = failed ? failureIn(text) : text.length;
  return { logs: logLines(text.slice(0, at)), failure: readable(text.slice(at)) };
}

/** Where jq's message begins: its own words, or what `halt_error` says, which has no mark, behind the `debug` lines. */
function failureIn(text: string): number {
  const raised = RAISED.exec(text);
  if (raised !== null) return raised.index;
  return /^(?:\["DEBUG:",.*\]\n)*/.exec(text)?.[0].length ?? 0;
}

function logLines(text: string): readonly string[] {
  if (text === "") return [];
  const lines = excerpt(text, MOST_CHARACTERS)
    .replace(/\n$/, "")
    .split("\n")
    .flatMap((line) => {
      const debug = DEBUG.exec(line);
      return debug === null ? [line] : [debug[1] ?? "", plain(debug[2] ?? "")].filter((part) => part !== "");
    });
  if (lines.length > MOST_LINES)
    lines.splice(MOST_LINES, lines.length, `… ${lines.length - MOST_LINES} more lines`);
  if (text.length > MOST_CHARACTERS) lines.push(`… ${text.length - MOST_CHARACTERS} more characters`);
  return lines;
}

/** Text as it is, anything else as JSON. */
function plain(json: string): string {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "string" ? value : json;
  } catch {
    return json;
  }
}

/** jq's own words, without the place in a standard input that the author never sees. */
function readable(message: string): string {
  const text = excerpt(message.replaceAll(/ \(at \/dev\/stdin:\d+\)/g, ""), LONGEST_FAILURE);
  return text === "" ? "the jq program ended with an error and no message" : text;
}

/** The first of jq's messages about a program that does not compile. jq counts columns in bytes. */
export function readProblem(failure: string, program: string): JqProblem {
  const placed = PLACED.exec(failure);
  if (placed === null)
    return { line: 1, column: 1, message: failure.replace(/^jq: error: /, "").split("\n")[0] ?? failure };
  const [, message = "", line, column] = placed;
  const bytes = Buffer.from(program.split("\n")[Number(line) - 1] ?? "").subarray(0, Number(column) - 1);
  return { line: Number(line), column: [...bytes.toString()].length + 1, message };
}
