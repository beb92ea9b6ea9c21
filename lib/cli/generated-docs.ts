import { schemaText } from "./schema.ts";

/** Every file of `docs/` that is made from the step types, by its path. */
export function generatedDocs(): ReadonlyMap<string, string> {
  return new Map([["docs/workflow.schema.json", schemaText()]]);
}
