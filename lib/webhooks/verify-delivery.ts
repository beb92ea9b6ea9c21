import { FlowError } from "../core/flow-error.ts";
import { parseTemplate, renderTemplate, textOf } from "../core/template.ts";
import type { Verification } from "../core/verification.ts";
import { verifyCredential } from "./credential.ts";
import { verifyHmac } from "./hmac.ts";
import { verifyPublicKey } from "./public-key.ts";
import { readSigned } from "./read-signed.ts";
import type { Verdict } from "./refusal.ts";
import type { WebhookRequest } from "./request.ts";

/** What verifying needs beside the delivery. */
export interface VerifyContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The value of a name of the environment. */
  env(name: string): string | undefined;
}

/**
 * Whether a delivery is from whom the workflow expects, by its bytes as they came.
 * @throws FlowError `config_error` when the stage has no secret or key to verify with, or one that cannot be read.
 */
export async function verifyDelivery(
  rule: Verification,
  request: WebhookRequest,
  context: VerifyContext,
): Promise<Verdict> {
  const secrets = readSecrets(secretsOf(rule), context);
  const { now } = context;
  switch (rule.scheme) {
    case "hmac":
    case "ed25519":
    case "rsa":
    case "ecdsa": {
      const baseUrl = rule.baseUrl === undefined ? "" : fillTemplate(rule.baseUrl, context);
      const delivery = readSigned(rule, request, { now, ...(baseUrl !== "" && { baseUrl }) });
      if (delivery.kind === "refused") return delivery;
      return rule.scheme === "hmac"
        ? verifyHmac(rule, delivery, secrets)
        : verifyPublicKey(rule, delivery, secrets);
    }
    case "basic":
      return verifyCredential(rule, request, secrets, fillTemplate(rule.username, context));
    case "bearer":
    case "header":
      return verifyCredential(rule, request, secrets);
    case "jwt": {
      const { verifyJwt } = await import("./jwt.ts");
      return verifyJwt(rule, request, secrets, now);
    }
  }
}

/** The templates of what a rule verifies with. */
export function secretsOf(rule: Verification): readonly string[] {
  switch (rule.scheme) {
    case "hmac":
      return rule.secrets;
    case "ed25519":
    case "rsa":
    case "ecdsa":
      return rule.publicKeys;
    case "basic":
      return rule.passwords;
    case "bearer":
      return rule.tokens;
    case "header":
      return rule.values;
    case "jwt":
      return rule.keys;
  }
}

/**
 * The values of some templates, empty ones left out: nothing is verified with an empty secret.
 * @throws FlowError `config_error` when a name has no value, or every value is empty.
 */
export function readSecrets(
  templates: readonly string[],
  context: Pick<VerifyContext, "env">,
): readonly string[] {
  const secrets = templates.map((template) => fillTemplate(template, context)).filter((text) => text !== "");
  if (secrets.length === 0)
    throw new FlowError(
      "config_error",
      `${templates.join(" and ")} is empty: nothing can be verified with it`,
    );
  return secrets;
}

/** A template of the environment as text. @throws FlowError `config_error` for a name without a value. */
export function fillTemplate(template: string, { env }: Pick<VerifyContext, "env">): string {
  return textOf(
    renderTemplate(parseTemplate(template), {
      path: () => undefined,
      env,
      missing(placeholder) {
        throw new FlowError(
          "config_error",
          `\${${placeholder}} has no value: nothing can be verified with it`,
        );
      },
    }),
  );
}
