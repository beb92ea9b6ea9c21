import type { CaseFailure } from "./run-test-case.ts";

/** A longer value is cut. */
const MOST_SHOWN = 2_000;

/** A failure in lines: what is compared and where it is stated, then both sides, or the message. */
export function failureText({ what, line, expected, found, message }: CaseFailure, file: string): string {
  const head = `${what}  (${file}:${line})`;
  if (message !== undefined) return [head, ...indented(message)].join("\n");
  return [head, `  expected  ${shown(expected)}`, `  got       ${shown(found)}`].join("\n");
}

function indented(text: string): readonly string[] {
  return text.split("\n").map((line) => `  ${line}`);
}

function shown(value = ""): string {
  const text = value.length > MOST_SHOWN ? `${value.slice(0, MOST_SHOWN)}…` : value;
  return text.replaceAll("\n", "\n            ");
}
