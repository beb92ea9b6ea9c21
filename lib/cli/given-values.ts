import { FlowError } from "../core/flow-error.ts";
import { parseAssignment } from "../local/local-environment.ts";

/**
 * Names and values of `--env NAME=VALUE`; of a name that is given twice the last one counts.
 * @throws FlowError `invalid_input` for text that is no assignment, without showing what may be a secret.
 */
export function readAssignments(texts: readonly string[] = []): { readonly [name: string]: string } {
  return Object.fromEntries(
    texts.map((text) => {
      const found = parseAssignment(text);
      if (!found) throw new FlowError("invalid_input", `--env ${text.split("=")[0]}: write NAME=VALUE`);
      return [found.name, found.value];
    }),
  );
}
