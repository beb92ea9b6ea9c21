import { WORKFLOW_NAME } from "./file-keys.ts";

/** The name that a text becomes where only its spelling is in the way; undefined when more is. */
export function workflowNameFrom(text: string): string | undefined {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return WORKFLOW_NAME.test(name) ? name : undefined;
}
