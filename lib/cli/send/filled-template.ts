import { randomBytes } from "node:crypto";
import { FlowError } from "../../core/flow-error.ts";
import { placeholdersIn } from "../../core/template.ts";
import { LOCAL_STAGE } from "../../local/local-names.ts";
import { presets } from "../../webhooks/presets.ts";
import { fillTemplate } from "../../webhooks/verify-delivery.ts";

/** Where values come from, and whom they are of. */
export interface FillContext {
  env(name: string): string | undefined;
  /** The service whose secrets they are. */
  readonly preset?: string;
  readonly stage: string;
}

/** A template of the environment as text. @throws FlowError `config_error` that says where a name without a value is set. */
export function filledTemplate(template: string, { env, preset, stage }: FillContext): string {
  const [name] = [...placeholdersIn(template)].flatMap(({ source, fallback }) =>
    "env" in source && fallback === undefined && env(source.env) === undefined ? [source.env] : [],
  );
  if (name === undefined) return fillTemplate(template, { env });
  const known = preset === undefined ? undefined : presets.get(preset);
  const hint = known?.secretName === name ? ` (${known.title}: ${known.secretHint})` : "";
  const where =
    stage === LOCAL_STAGE
      ? `put it into .env, to try it here e.g. as ${name}=${anySecret()}`
      : "put it into the stage's secret";
  throw new FlowError(
    "config_error",
    `${name}, which senders sign or come with, has no value${hint}: ${where}, or give it with --env ${name}=…`,
  );
}

/** Hex is text and base64 too. */
function anySecret(): string {
  return randomBytes(24).toString("hex");
}
