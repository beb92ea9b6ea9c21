import { STAGE_NAME, valueOfName } from "../core/environment-source.ts";
import type { InputEntry } from "../core/workflow.ts";
import type { Ingest } from "./store-event.ts";

/** The values of the names that an input reads. */
export type InputEnvironment = (name: string) => string | undefined;

/**
 * What an input reads of the environment before there is a run, looked up as a run does; a stage whose inputs read nothing
 * asks for no secret. @throws FlowError when the stage's secrets cannot be read.
 */
export async function inputEnvironment(
  { secrets, plainEnvironment, stage }: Ingest,
  { environment = [] }: InputEntry,
): Promise<InputEnvironment> {
  const stored = environment.length > 0 ? await secrets.workflowSecrets() : {};
  const sources = [{ [STAGE_NAME]: stage }, stored, plainEnvironment];
  const names = new Map(environment.map((one) => [one.name, one]));
  return (name) => {
    const known = names.get(name);
    return known && valueOfName(known, sources);
  };
}
