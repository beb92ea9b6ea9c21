import type { InputEntry, Workflow } from "../workflow.ts";

/** The workflows this deployment carries, one by one. */
export interface WorkflowTexts {
  /** The version in force. */
  current(name: string): Workflow | undefined;
}

/** The workflows this deployment carries, all at once. */
export interface WorkflowCatalog extends WorkflowTexts {
  all(): readonly Workflow[];
}

/** The inputs this deployment accepts. */
export interface InputCatalog {
  all(): readonly InputEntry[];
}

/** The sample events this deployment carries. */
export interface SampleCatalog {
  /** The text that lies beside a workflow's file; undefined where there is none. */
  beside(name: string): string | undefined;
}
