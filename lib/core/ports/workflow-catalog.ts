import type { InputEntry, Workflow } from "../workflow.ts";

/** The workflows this deployment carries. */
export interface WorkflowCatalog {
  /** The version in force. */
  current(name: string): Workflow | undefined;
  all(): readonly Workflow[];
}

/** The inputs this deployment accepts. */
export interface InputCatalog {
  all(): readonly InputEntry[];
}
