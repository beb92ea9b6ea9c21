import { createChangingSecret } from "./changing-secret.ts";
import type { SecretsManagerOptions } from "./secrets-manager.ts";

/** The firewall before the API, as a function's environment tells of it; undefined where there is none. */
export function createFront(
  {
    HOOKLINE_FRONT_KEY_ID: secretId,
    HOOKLINE_FRONT_OPEN: open,
    HOOKLINE_SECRETS_TTL_SECONDS: ttlSeconds,
  }: {
    readonly HOOKLINE_FRONT_KEY_ID?: string | undefined;
    readonly HOOKLINE_FRONT_OPEN?: "yes" | undefined;
    readonly HOOKLINE_SECRETS_TTL_SECONDS: number;
  },
  from: Pick<SecretsManagerOptions, "client" | "clock">,
): { keys(): Promise<readonly string[]>; readonly isOpen: boolean } | undefined {
  if (secretId === undefined) return undefined;
  const keys = createChangingSecret({ ...from, secretId, purpose: "firewall's key", ttlSeconds });
  return { keys, isOpen: open !== undefined };
}
