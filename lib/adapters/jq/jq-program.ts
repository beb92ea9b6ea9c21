import { FlowError } from "../../core/flow-error.ts";
import { formatJson, type JsonObject } from "../../core/json.ts";
import type { JqRequest } from "../../core/ports/jq.ts";

/** What the worker gets: everything as text, so that numbers keep their digits. */
export interface JqTask {
  /** As written, to compile it alone for a message with the author's own line and column. */
  readonly program: string;
  readonly names: readonly string[];
  /** The program behind the line that takes input and bindings out of the envelope. */
  readonly wrapped: string;
  /** Empty: the program is only compiled, since jq runs it once for each input. */
  readonly envelope: string;
}

// jq itself shows Emscripten's made-up environment, the name of its standard input, and its host's clock and time zone.
const PRELUDE = [
  "def env: {};",
  "def input_filename: null;",
  "def localtime: gmtime;",
  "def _strflocaltime(f): strflocaltime(f);",
  'def strflocaltime(f): if type == "number" then gmtime else . end | _strflocaltime(f);',
  "{} as $ENV",
].join(" ");

/**
 * Puts input and bindings into one JSON text and a prefix that unpacks it: command-line arguments would lie on jq's
 * small stack. The prefix stands on the program's first line, so `$__loc__` is right, and admits no `import`.
 * @throws FlowError `code_error` for an empty program and one with a NUL, which would end it early.
 */
export function jqTask({ program, input, bindings, now }: JqRequest): JqTask {
  const refusal = refusalOf(program);
  if (refusal !== undefined) throw new FlowError("code_error", refusal);
  // The event can be as large as the state: what the program does not name is not written and parsed for it.
  const names = Object.keys(bindings).filter((name) => program.includes(`$${name}`));
  const named: JsonObject = Object.fromEntries(names.map((name) => [name, bindings[name] ?? null]));
  return {
    ...compileTask(program, names, now),
    envelope: wellFormed(formatJson({ input, bindings: named })),
  };
}

/** The task that only compiles a program in which `names` are bound. */
export function compileTask(program: string, names: readonly string[], now = 0): JqTask {
  const unpack = names.length === 0 ? "" : ` | .bindings as {${names.map((name) => `$${name}`).join(", ")}}`;
  return {
    program,
    names,
    wrapped: `def now: ${now / 1000}; ${PRELUDE}${unpack} | .input | ${program}`,
    envelope: "",
  };
}

/** Why a program is refused before jq sees it: it is empty, or has a NUL, which would end it early. */
export function refusalOf(program: string): string | undefined {
  if (program.trim() === "") return 'the jq program is empty: "." gives its input back';
  if (program.includes("\0")) return "the jq program has a NUL character: remove it, or write it as \\u0000";
  return undefined;
}

/** jq refuses half a surrogate pair, which JSON text holds as an escape; whole pairs are never written so. */
function wellFormed(json: string): string {
  if (!/\\ud[89a-f]/.test(json)) return json;
  return json.replace(/\\(?:(ud[89a-f][0-9a-f]{2})|.)/g, (whole, half) => (half ? "\\ufffd" : whole));
}
