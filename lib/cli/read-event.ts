import { text } from "node:stream/consumers";
import { readGivenFile } from "../build/read-given-file.ts";
import { FlowError } from "../core/flow-error.ts";
import { DEEPEST_EVENT, jsonDepth } from "../core/json-depth.ts";
import { findJsonError } from "../core/json-error.ts";
import type { StoredEvent } from "../core/run.ts";

/**
 * The event of a run on the command line: a JSON file, `-` for standard input, or `{}`.
 * @throws FlowError `invalid_input` for a file that cannot be read or is no JSON, with the place.
 */
export async function readEvent(source: string | undefined, now: number): Promise<StoredEvent> {
  const content = source === undefined ? "{}" : await readGivenText(source);
  const name = source === "-" ? "standard input" : source;
  const problem = findJsonError(content);
  if (problem) {
    throw new FlowError(
      "invalid_input",
      `${name}:${problem.line}:${problem.column}: the event is not JSON: ${problem.message.replace(/^line \d+, column \d+: /, "")}`,
    );
  }
  if (jsonDepth(content) > DEEPEST_EVENT) {
    throw new FlowError(
      "invalid_input",
      `${name}: the event is nested more than ${DEEPEST_EVENT} levels deep`,
    );
  }
  return {
    body: new TextEncoder().encode(content),
    contentType: "application/json",
    request: {
      method: "POST",
      path: "/",
      query: {},
      headers: { "content-type": "application/json" },
      received_at: new Date(now).toISOString(),
      delivery_id: "local",
    },
  };
}

/** The text of a file, or of standard input for `-`. @throws FlowError `invalid_input` for a file that cannot be read. */
export async function readGivenText(source: string): Promise<string> {
  return source === "-" ? await text(process.stdin) : readGivenFile(source);
}
