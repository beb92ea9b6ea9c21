import {
  GetSecretValueCommand,
  InvalidRequestException,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { FlowError } from "../core/flow-error.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Secrets } from "../core/ports/secrets.ts";
import { webhookKeysOf } from "../core/webhook-keys.ts";
import { callAws } from "./aws-errors.ts";

/** Which secrets a function reads, and for how long it trusts what it read. */
export interface SecretsManagerOptions {
  readonly client: SecretsManagerClient;
  /** Name or ARN of the secret with the workflows' names and values. */
  readonly workflowSecretId?: string;
  /** Name or ARN of the secret with the webhook keys. */
  readonly webhookKeyId?: string;
  readonly ttlSeconds: number;
  readonly clock: Pick<Clock, "now">;
}

/** Names and texts of a secret. */
export type SecretValues = Readonly<Record<string, string>>;

/** Secrets of one stage in AWS Secrets Manager: each a JSON object of texts, read once for all who ask at once. */
export function createSecretsManager({
  client,
  workflowSecretId,
  webhookKeyId,
  ttlSeconds,
  clock,
}: SecretsManagerOptions): Secrets {
  const cached = (secretId: string | undefined, purpose: string) =>
    createCachedRead(() => readSecret(client, secretId, purpose), ttlSeconds * 1000, clock);
  const workflowSecrets = cached(workflowSecretId, "workflow secrets");
  const webhookKey = cached(webhookKeyId, "webhook key");
  return {
    workflowSecrets: workflowSecrets.read,
    async webhookKeys(workflow) {
      const keys = webhookKeysOf(await webhookKey.read(), workflow, clock.now());
      if (keys.length === 0)
        throw new FlowError(
          "config_error",
          `secret ${webhookKeyId} has no "current" key. Write { "current": "…" }, and the key before it as "previous"`,
        );
      return keys;
    },
    forget() {
      workflowSecrets.forget();
      webhookKey.forget();
    },
  };
}

/** A read whose result is kept for a while, asked for once by all who ask at once. What failed is not kept, and a read that was under way when the cache was told to forget serves only who waits for it. */
export function createCachedRead<T>(read: () => Promise<T>, ttlMs: number, clock: Pick<Clock, "now">) {
  let kept: { readonly value: Promise<T>; readonly until: number } | undefined;
  return {
    async read(): Promise<T> {
      if (!kept || kept.until <= clock.now()) kept = { value: read(), until: clock.now() + ttlMs };
      const mine = kept;
      try {
        return await mine.value;
      } catch (thrown) {
        if (kept === mine) kept = undefined;
        throw thrown;
      }
    },
    forget() {
      kept = undefined;
    },
  };
}

/** The secret with the webhook keys, for those who may change them. @throws FlowError `config_error` when it cannot be read. */
export function createWebhookKeySecret(client: SecretsManagerClient, secretId: string) {
  return {
    read: (): Promise<SecretValues> => readSecret(client, secretId, "webhook key"),
    async write(values: SecretValues): Promise<void> {
      const put = new PutSecretValueCommand({ SecretId: secretId, SecretString: JSON.stringify(values) });
      await callAws(`writing secret ${secretId}`, () => client.send(put));
    },
  };
}

/** A secret's names and texts. @throws FlowError `connection` or `config_error` when they cannot be read. */
export async function readSecret(
  client: SecretsManagerClient,
  secretId: string | undefined,
  purpose: string,
): Promise<SecretValues> {
  return (await readSecretVersion(client, secretId, purpose)).values;
}

/** A version of a secret of names and texts, with its id. @throws FlowError `config_error` when it cannot be read. */
export async function readSecretVersion(
  client: SecretsManagerClient,
  secretId: string | undefined,
  purpose: string,
  stage: "AWSCURRENT" | "AWSPREVIOUS" = "AWSCURRENT",
): Promise<{ readonly values: SecretValues; readonly version: string | undefined }> {
  if (secretId === undefined)
    throw new FlowError("config_error", `no secret is configured for the ${purpose}: set its id`);
  const get = new GetSecretValueCommand({
    SecretId: secretId,
    ...(stage !== "AWSCURRENT" && { VersionStage: stage }),
  });
  try {
    const { SecretString, VersionId } = await callAws(`reading secret ${secretId}`, () => client.send(get));
    return { values: parseValues(SecretString ?? "", secretId), version: VersionId };
  } catch (thrown) {
    if (!(thrown instanceof ResourceNotFoundException || thrown instanceof InvalidRequestException))
      throw thrown;
    throw new FlowError(
      "config_error",
      `secret ${secretId} cannot be read (${thrown.message}). Create it as a JSON object of names and texts`,
      { cause: thrown },
    );
  }
}

/** Says what is wrong without a word of the content: neither JSON's own message nor a value. */
function parseValues(content: string, secretId: string): SecretValues {
  const wrong = (what: string) =>
    new FlowError("config_error", `secret ${secretId} ${what}. Write a JSON object of names and texts`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch {
    throw wrong("is not JSON");
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw wrong("is not a JSON object");
  const other = Object.entries(parsed).find(([, value]) => typeof value !== "string");
  if (other) throw wrong(`holds a value that is no text under "${other[0]}"`);
  return parsed as SecretValues;
}
