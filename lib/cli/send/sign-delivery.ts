import { readGivenFile } from "../../build/read-given-file.ts";
import { FlowError } from "../../core/flow-error.ts";
import { environmentNamesIn } from "../../core/template.ts";
import type { PublicKeyVerification, Verification } from "../../core/verification.ts";
import { LOCAL_STAGE } from "../../local/local-names.ts";
import { presets } from "../../webhooks/presets.ts";
import type { WebhookRequest } from "../../webhooks/request.ts";
import { type Signer, signRequest } from "../../webhooks/sign-request.ts";
import { isSymmetric } from "../../webhooks/token-key.ts";
import { readSecrets, secretsOf } from "../../webhooks/verify-delivery.ts";
import { type FillContext, filledTemplate } from "./filled-template.ts";
import { signingKey } from "./signing-key.ts";

/** What signing needs beside the request. */
export interface SignContext extends FillContext, Pick<Signer, "now" | "id"> {
  /** Folder of the local stack. */
  readonly data: string;
  readonly privateKey?: string;
}

/**
 * The request signed as its workflow expects, under the first secret that has a value.
 * @throws FlowError `config_error` that says what to set where, when there is no secret or no private key to sign with.
 */
export async function signDelivery(
  rule: Verification,
  request: WebhookRequest,
  context: SignContext,
): Promise<WebhookRequest> {
  const baseUrl =
    "baseUrl" in rule && rule.baseUrl !== undefined ? filledTemplate(rule.baseUrl, context) : "";
  return signRequest(rule, request, {
    now: context.now,
    id: context.id,
    secret: secretFor(rule, context),
    ...(rule.scheme === "basic" && { username: filledTemplate(rule.username, context) }),
    ...(baseUrl !== "" && { baseUrl }),
  });
}

function secretFor(rule: Verification, context: SignContext): string {
  if ("publicKeys" in rule) return privateKey(rule.scheme, rule.publicKeys, context);
  if (rule.scheme === "jwt" && !rule.algorithms.every(isSymmetric)) return tokenKey(context);
  const templates = secretsOf(rule);
  for (const template of templates) filledTemplate(template, context);
  const [secret = ""] = readSecrets(templates, context);
  return secret;
}

function privateKey(
  scheme: PublicKeyVerification["scheme"],
  templates: readonly string[],
  { env, preset, stage, data, privateKey: file }: SignContext,
): string {
  const service = (preset === undefined ? undefined : presets.get(preset)?.title) ?? "the sender";
  const [name = "the public key"] = environmentNamesIn(templates);
  if (stage !== LOCAL_STAGE && file === undefined)
    throw new FlowError(
      "config_error",
      `${service} signs with a private key that only it has: make a pair, let ${name} of stage "${stage}" be its public half, and name the private one with --private-key`,
    );
  const key = signingKey(scheme, file, data);
  const known = templates.filter((one) => environmentNamesIn(one).every((each) => env(each) !== undefined));
  if (known.length > 0 && key.fits(readSecrets(known, { env }))) return key.pem;
  throw new FlowError(
    "config_error",
    [
      `${service} signs with a private key that only it has. ${file ?? "This machine"} has another one: let the workflow take it, in .env.${stage}`,
      "",
      `${name}=${key.publicText}`,
      "",
      "and send again.",
    ].join("\n"),
  );
}

function tokenKey({ privateKey: file }: SignContext): string {
  if (file !== undefined) return readGivenFile(file);
  throw new FlowError(
    "config_error",
    "the workflow takes tokens that a private key signed: name it with --private-key",
  );
}
