import select from "@inquirer/select";
import { FlowError } from "../../core/flow-error.ts";
import type { Terminal } from "../new/ask-for-workflow.ts";

// More runs than somebody would name by hand.
const UNASKED = 10;

/**
 * Whether a change of so many things is meant: with `asks` of any number. Asked where there is a terminal.
 * @throws FlowError `invalid_input` where there is none and `--yes` was not given.
 */
export async function isMeant(
  count: number,
  what: string,
  { yes, asks }: { readonly yes?: boolean | undefined; readonly asks?: boolean | undefined },
  terminal: Terminal | undefined,
): Promise<boolean> {
  if (yes || count === 0 || (!asks && count <= UNASKED)) return true;
  if (!terminal)
    throw new FlowError(
      "invalid_input",
      `to ${what}, repeat the command with --yes: there is no terminal to ask in. --dry-run only looks`,
    );
  return choose(
    `${what.charAt(0).toUpperCase()}${what.slice(1)}?`,
    [
      ["No", false],
      ["Yes", true],
    ],
    terminal,
  );
}

/** Asks for one of some answers. @throws Error named `ExitPromptError` on Ctrl-C. */
export function choose<T>(
  message: string,
  answers: readonly (readonly [name: string, value: T])[],
  terminal: Terminal,
): Promise<T> {
  return select({ message, choices: answers.map(([name, value]) => ({ name, value })) }, terminal);
}
