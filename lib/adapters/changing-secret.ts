import { FlowError } from "../core/flow-error.ts";
import { createCachedRead, readSecret, type SecretsManagerOptions } from "./secrets-manager.ts";

// Whoever writes one by hand: it must not be guessable.
const SHORTEST = 32;

/**
 * A secret `{ "current": …, "previous": … }` whose texts are both in force while it is being changed; read at most once in `ttlSeconds`.
 * @throws FlowError `connection` or `config_error` when it cannot be read.
 */
export function createChangingSecret({
  client,
  secretId,
  purpose,
  ttlSeconds,
  clock,
}: Pick<SecretsManagerOptions, "client" | "ttlSeconds" | "clock"> & {
  /** Name or ARN. */
  readonly secretId: string;
  readonly purpose: string;
}): () => Promise<readonly string[]> {
  const cached = createCachedRead(() => readSecret(client, secretId, purpose), ttlSeconds * 1000, clock);
  return async () => {
    const { current, previous } = await cached.read();
    const texts = [current, previous].filter(
      (text): text is string => text !== undefined && text.length >= SHORTEST,
    );
    if (texts.length === 0)
      throw new FlowError(
        "config_error",
        `secret ${secretId} has no "current" text of ${SHORTEST} characters or more. Write { "current": "…" }`,
      );
    return texts;
  };
}
