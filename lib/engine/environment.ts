import { type EnvironmentSource, STAGE_NAME, valueOfName } from "../core/environment-source.ts";
import { createRedactor, type Redactor } from "../core/redactor.ts";
import { SHORTEST_SECRET } from "../core/secret-forms.ts";
import type { Workflow } from "../core/workflow.ts";

/** The values of the names that a workflow reads, and the redactor that blanks the secret ones. */
export interface Environment {
  value(name: string): string | undefined;
  readonly redactor: Redactor;
  /** Names without a value that some placeholder needs. */
  readonly missing: readonly string[];
  /** Secret names whose value is too short to be blanked. */
  readonly tooShort: readonly string[];
}

/** Looks up every name of the workflow. Only names that the file reads are looked at. */
export function resolveEnvironment(workflow: Workflow, sources: readonly EnvironmentSource[]): Environment {
  const values = new Map<string, string>();
  const missing: string[] = [];
  for (const name of workflow.environment) {
    const value = valueOfName(name, sources);
    if (value !== undefined) values.set(name.name, value);
    else if (name.required) missing.push(name.name);
  }
  const secrets = workflow.environment.filter(
    ({ name, secret }) => secret && name !== STAGE_NAME && values.has(name),
  );
  return {
    value: (name) => values.get(name),
    redactor: createRedactor(secrets.map(({ name }) => values.get(name) as string)),
    missing,
    tooShort: secrets.flatMap(({ name }) => {
      const { length } = values.get(name) as string;
      return length > 0 && length < SHORTEST_SECRET ? [name] : [];
    }),
  };
}

/** One sentence for each secret that cannot be blanked without blanking ordinary text. */
export function shortSecretWarnings({ tooShort }: Environment): string[] {
  return tooShort.map(
    (name) =>
      `the secret ${name} is shorter than ${SHORTEST_SECRET} characters and will not be blanked: make it longer`,
  );
}
