import { ingestConfig } from "../lib/core/config.ts";

/**
 * The stage's name, as the functions will accept it.
 * @throws Error saying what a stage may be called.
 */
export function parseStage(value: unknown): string {
  const result = ingestConfig.shape.HOOKLINE_STAGE.safeParse(value);
  if (result.success) return result.data;
  throw new Error(
    `${JSON.stringify(value)} is not a stage: write 1 to 32 lower-case letters, digits and dashes, a letter first, e.g. cdk deploy -c stage=prod`,
  );
}

/**
 * The deployment's id, a segment of every webhook URL.
 * @throws Error saying what an id may consist of.
 */
export function parseOrgId(value: unknown): string {
  if (typeof value === "string" && /^[A-Za-z0-9_-]{1,64}$/.test(value)) return value;
  throw new Error(
    `${JSON.stringify(value)} is not an org_id: write 1 to 64 letters, digits, dashes and underscores, e.g. cdk deploy -c org_id=acme`,
  );
}
