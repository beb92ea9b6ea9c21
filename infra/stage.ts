import { ingestConfig } from "../lib/core/config.ts";
import { FlowError } from "../lib/core/flow-error.ts";

/**
 * The stage's name, as the functions will accept it.
 * @throws FlowError `config_error` saying what a stage may be called.
 */
export function parseStage(value: unknown): string {
  const result = ingestConfig.shape.HOOKLINE_STAGE.safeParse(value);
  if (result.data === "local")
    throw new FlowError(
      "config_error",
      `"local" is the stage that npm start plays: give this one another name`,
    );
  if (result.success) return result.data;
  throw new FlowError(
    "config_error",
    `${JSON.stringify(value)} is not a stage: write 1 to 32 lower-case letters, digits and dashes, a letter first, e.g. cdk deploy -c stage=prod`,
  );
}

/**
 * The deployment's id, a segment of every webhook URL.
 * @throws FlowError `config_error` saying what an id may consist of.
 */
export function parseOrgId(value: unknown): string {
  if (typeof value === "string" && /^[A-Za-z0-9_-]{1,64}$/.test(value)) return value;
  throw new FlowError(
    "config_error",
    `${JSON.stringify(value)} is not an org_id: write 1 to 64 letters, digits, dashes and underscores, e.g. cdk deploy -c org_id=acme`,
  );
}
