import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { FlowError } from "../core/flow-error.ts";
import { stagesSchema } from "../core/stages.ts";
import { jsonSchemaOf } from "../language/json-schema.ts";
import { withSentences } from "../language/schema/described.ts";
import { workflowSchema } from "../language/schema/workflow-schema.ts";
import { stepTypes } from "../steps/registry.ts";
import { EXIT } from "./exit.ts";

/** The JSON Schema of a workflow file as text, the same that `docs/workflow.schema.json` holds. */
export function schemaText(): string {
  return `${JSON.stringify(workflowSchema(stepTypes), null, 2)}\n`;
}

/** The JSON Schema of `stages.yaml` as text, the same that `docs/stages.schema.json` holds. */
export function stagesSchemaText(): string {
  return `${JSON.stringify(withSentences(jsonSchemaOf(stagesSchema)), null, 2)}\n`;
}

/**
 * Prints the JSON Schema of a workflow file, or writes it and says how a file refers to it.
 * @throws FlowError `invalid_input` when it cannot be written.
 */
export async function schema({ out }: { readonly out?: string }): Promise<number> {
  if (out === undefined) {
    process.stdout.write(schemaText());
    return EXIT.ok;
  }
  try {
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, schemaText());
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new FlowError("invalid_input", `${out} cannot be written (${code}): name another file with --out`);
  }
  process.stderr.write(
    `${out} is written. In the first line of a workflow, with the path from there:\n  # yaml-language-server: $schema=${out}\n`,
  );
  return EXIT.ok;
}
