import { type EnvironmentSource, STAGE_NAME, valueOfName } from "../core/environment-source.ts";
import { FlowError } from "../core/flow-error.ts";
import type { EnvironmentName, InputEntry } from "../core/workflow.ts";
import type { Ingest } from "./store-event.ts";

/** The values of the names that an input reads. */
export type InputEnvironment = (name: string) => string | undefined;

/**
 * What an input reads of the environment before there is a run, looked up as a run does; a stage whose inputs read nothing
 * asks for no secret. @throws FlowError when the stage's secrets cannot be read.
 */
export async function inputEnvironment(
  { secrets, plainEnvironment, stage }: Pick<Ingest, "secrets" | "plainEnvironment" | "stage">,
  { environment = [] }: InputEntry,
): Promise<InputEnvironment> {
  const stored = environment.length > 0 ? await secrets.workflowSecrets() : {};
  return lookUp(environment, [{ [STAGE_NAME]: stage }, stored, plainEnvironment]);
}

/** The same for who has no right to the stage's secrets: reading one throws FlowError `invalid_input`. */
export function openEnvironment(
  { plainEnvironment, stage }: Pick<Ingest, "plainEnvironment" | "stage">,
  { environment = [] }: InputEntry,
): InputEnvironment {
  const secrets = new Set(environment.flatMap(({ name, secret }) => (secret ? [name] : [])));
  const known = lookUp(environment, [{ [STAGE_NAME]: stage }, plainEnvironment]);
  return (name) => {
    if (secrets.has(name) && name !== STAGE_NAME)
      throw new FlowError(
        "invalid_input",
        `the workflow's input reads ${name}, a secret, to judge deliveries: the console has no right to it. hookline send makes a delivery that is judged where secrets are`,
      );
    return known(name);
  };
}

function lookUp(
  environment: readonly EnvironmentName[],
  sources: readonly EnvironmentSource[],
): InputEnvironment {
  const names = new Map(environment.map((one) => [one.name, one]));
  return (name) => {
    const known = names.get(name);
    return known && valueOfName(known, sources);
  };
}
