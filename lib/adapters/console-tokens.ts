import { FlowError } from "../core/flow-error.ts";
import { CONSOLE_RIGHTS, type ConsoleRight, type ConsoleTokens } from "../core/ports/console-tokens.ts";
import { createCachedRead, readSecret, type SecretsManagerOptions } from "./secrets-manager.ts";

// Whoever writes a token by hand: what a session's cookie is signed with must not be guessable.
const SHORTEST_TOKEN = 32;

/** The console's tokens in Secrets Manager: for each right a secret `{ "current": …, "previous": … }`, so that IAM decides who may read which. */
export function createConsoleTokens({
  client,
  ids,
  ttlSeconds,
  clock,
}: Pick<SecretsManagerOptions, "client" | "ttlSeconds" | "clock"> & {
  /** Name or ARN of the secret of each right. */
  readonly ids: Readonly<Record<ConsoleRight, string>>;
}): ConsoleTokens {
  const reads = new Map(
    CONSOLE_RIGHTS.map((right) => [
      right,
      createCachedRead(
        () => readSecret(client, ids[right], `console's ${right} token`),
        ttlSeconds * 1000,
        clock,
      ),
    ]),
  );
  return {
    async tokensFor(right) {
      const { current, previous } = (await reads.get(right)?.read()) ?? {};
      const tokens = [current, previous].filter(
        (token): token is string => token !== undefined && token.length >= SHORTEST_TOKEN,
      );
      if (tokens.length === 0)
        throw new FlowError(
          "config_error",
          `secret ${ids[right]} has no "current" token of ${SHORTEST_TOKEN} characters or more. Write { "current": "…" }`,
        );
      return tokens;
    },
  };
}
