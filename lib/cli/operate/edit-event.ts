import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bodyKindOf, decodeUtf8 } from "../../core/event-body.ts";
import { FlowError } from "../../core/flow-error.ts";
import { parseJson } from "../../core/json.ts";
import { DEEPEST_EVENT, jsonDepth } from "../../core/json-depth.ts";
import { findJsonError } from "../../core/json-error.ts";
import type { StoredEvent } from "../../core/run.ts";
import type { Terminal } from "../new/ask-for-workflow.ts";
import { choose } from "./confirm.ts";

/** What came of editing. */
export type Edited =
  | { readonly kind: "edited"; readonly body: Uint8Array }
  | { readonly kind: "unchanged" }
  /** The text as it was left lies in the file. */
  | { readonly kind: "given_up"; readonly file: string };

/**
 * Opens an event's body in $VISUAL or $EDITOR: JSON with its lines broken, other text as it is. Text that is no JSON where the
 * event was is shown with its error, to be edited again or kept in its file.
 * @throws FlowError `invalid_input` for a body that is no text, `config_error` when the editor does not start or fails.
 */
export async function editEvent(event: StoredEvent, terminal: Terminal): Promise<Edited> {
  const text = decodeUtf8(event.body);
  const kind = bodyKindOf(event.contentType);
  if (text === undefined || kind === "binary")
    throw new FlowError(
      "invalid_input",
      `the event is ${event.contentType || "no text"}, which no editor shows`,
    );
  const isJson = kind === "json" || (kind === undefined && findJsonError(text) === undefined);
  const shown = isJson && text.trim() !== "" ? `${JSON.stringify(parseJson(text), null, 2)}\n` : text;
  const folder = mkdtempSync(join(tmpdir(), "hookline-event-"));
  const file = join(folder, isJson ? "event.json" : "event.txt");
  writeFileSync(file, shown, { mode: 0o600 });
  for (;;) {
    await runEditor(file);
    const now = readFileSync(file, "utf8");
    const problem = isJson && now.trim() !== "" ? problemOf(now) : undefined;
    if (problem === undefined) {
      rmSync(folder, { recursive: true });
      return now === shown ? { kind: "unchanged" } : { kind: "edited", body: new TextEncoder().encode(now) };
    }
    const answers = [
      ["Edit it again", true],
      [`Give up, and keep it in ${file}`, false],
    ] as const;
    if (!(await choose(`The event ${problem}`, answers, terminal))) return { kind: "given_up", file };
  }
}

/** Runs the editor on a file and waits for its end; its setting may hold arguments, as in `code --wait`. */
async function runEditor(file: string): Promise<void> {
  const editor = process.env.VISUAL || process.env.EDITOR || "vi";
  const child = spawn(`${editor} "$HOOKLINE_EVENT_FILE"`, {
    shell: true,
    stdio: "inherit",
    env: { ...process.env, HOOKLINE_EVENT_FILE: file },
  });
  const [code] = await once(child, "exit");
  if (code !== 0)
    throw new FlowError(
      "config_error",
      `the editor "${editor}" ended with code ${code}, and the event lies in ${file}: set VISUAL or EDITOR`,
    );
}

function problemOf(text: string): string | undefined {
  const error = findJsonError(text);
  if (error) return `is not JSON: ${error.message}`;
  return jsonDepth(text) > DEEPEST_EVENT ? `is nested more than ${DEEPEST_EVENT} levels deep` : undefined;
}
