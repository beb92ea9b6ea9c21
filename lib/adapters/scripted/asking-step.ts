import { AsyncLocalStorage } from "node:async_hooks";

/** A step of a run: its id, and its place where one id has several, e.g. `3.items.17.0`. */
export interface AskingStep {
  readonly id: string;
  readonly path: string;
}

/** The step in whose run the code is: what tells a scripted port who asks. */
export const askingStep = new AsyncLocalStorage<AskingStep>();

/** Whether a script's `step` names this one. */
export function isNamed(name: string, step: AskingStep | undefined): boolean {
  return step !== undefined && (name === step.id || name === step.path);
}
