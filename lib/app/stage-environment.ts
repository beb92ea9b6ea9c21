import { STAGE_NAME } from "../core/environment-source.ts";
import { bothRedactors } from "../core/redactor.ts";
import type { Workflow } from "../core/workflow.ts";
import { type Environment, resolveEnvironment } from "../engine/environment.ts";
import type { Runner } from "./runner.ts";

/** The environment of one run, and how it is read again when a provider refuses a secret. */
export interface StageEnvironment {
  current(): Environment;
  /** Asks the source again. True when a value changed. */
  refresh(): Promise<boolean>;
}

/** Resolves names as a deployed stage does: the stage's secrets, the function's environment, the declared default. */
export async function stageEnvironment(runner: Runner, workflow: Workflow): Promise<StageEnvironment> {
  let environment = await resolve(runner, workflow);
  return {
    current: () => environment,
    async refresh() {
      if (workflow.environment.length === 0) return false;
      runner.secrets.forget();
      const fresh = await resolve(runner, workflow);
      const changed = workflow.environment.some(({ name }) => fresh.value(name) !== environment.value(name));
      // The old value may still be good, and come back in an answer.
      environment = { ...fresh, redactor: bothRedactors(environment.redactor, fresh.redactor) };
      return changed;
    },
  };
}

async function resolve(
  { secrets, plainEnvironment, stage }: Runner,
  workflow: Workflow,
): Promise<Environment> {
  const readsNames = workflow.environment.some(({ name }) => name !== STAGE_NAME);
  const fromSecrets = readsNames ? await secrets.workflowSecrets() : {};
  return resolveEnvironment(workflow, [{ [STAGE_NAME]: stage }, fromSecrets, plainEnvironment]);
}
