import { FlowError } from "../core/flow-error.ts";
import { parsePath, writePath } from "../core/path.ts";
import { READ_ONLY_NAMES } from "../core/reserved-names.ts";

/**
 * Checks that a path can be written (language.md section 2).
 * @throws FlowError for text that is no path, a reserved name, or a prototype's name.
 */
export function checkTarget(text: string, inOnFailure: boolean): void {
  const path = parsePath(text);
  const [head = "", ...rest] = path;
  if (head === "state" && rest.length === 0) {
    throw new FlowError(
      "config_error",
      `"${text}" cannot be written as a whole: write to a key, e.g. state.result`,
    );
  }
  if (isReadOnly(head, inOnFailure)) {
    throw new FlowError(
      "config_error",
      `"${text}" cannot be written: "${head}" is a reserved name. Choose another key, or write state.${text} for the key it hides`,
    );
  }
  // Writing knows which keys are refused.
  writePath({}, head === "state" ? rest : path, null);
}

/**
 * Checks the name of a variable, which is one key and no reserved name.
 * @throws FlowError saying what is wrong with it.
 */
export function checkVariable(name: string, inOnFailure: boolean): void {
  if (parsePath(name).length !== 1) {
    throw new FlowError("config_error", `"${name}" is a path: a variable has a plain name, e.g. item`);
  }
  if (name === "state" || isReadOnly(name, inOnFailure)) {
    throw new FlowError(
      "config_error",
      `"${name}" is a reserved name, which would hide the variable: choose another`,
    );
  }
  checkTarget(name, inOnFailure);
}

/** `error` is a reserved name only where there is an error to read. */
function isReadOnly(name: string, inOnFailure: boolean): boolean {
  return READ_ONLY_NAMES.includes(name) && (name !== "error" || inOnFailure);
}
