import type { ConsoleRight, ConsoleTokens } from "../core/ports/console-tokens.ts";
import { createChangingSecret } from "./changing-secret.ts";
import type { SecretsManagerOptions } from "./secrets-manager.ts";

/** The console's tokens in Secrets Manager: a secret for each right, so that IAM decides who may read which. */
export function createConsoleTokens({
  ids,
  ...from
}: Pick<SecretsManagerOptions, "client" | "ttlSeconds" | "clock"> & {
  /** Name or ARN of the secret of each right. */
  readonly ids: Readonly<Record<ConsoleRight, string>>;
}): ConsoleTokens {
  const tokenOf = (right: ConsoleRight) =>
    createChangingSecret({ ...from, secretId: ids[right], purpose: `console's ${right} token` });
  const tokens = { read: tokenOf("read"), act: tokenOf("act") };
  return { tokensFor: (right) => tokens[right]() };
}
