import { randomBytes } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { webhookPathOf } from "../app/webhook-url.ts";
import { FlowError } from "../core/flow-error.ts";
import { type WebhookKeys, webhookKeysOf } from "../core/webhook-keys.ts";
import { LOCAL_ORG_ID, LOCAL_STAGE } from "./local-names.ts";
import type { LocalSecret } from "./secrets-server.ts";

/** The webhook keys of a data folder. */
export interface LocalWebhookKeys extends WebhookKeys {
  readonly current: string;
}

const fileIn = (dataFolder: string) => join(dataFolder, "webhook-key.json");

/**
 * Reads the folder's webhook keys; the first call makes one.
 * @throws FlowError `config_error` for a file that holds no key.
 */
export function webhookKeys(dataFolder: string): LocalWebhookKeys {
  const file = fileIn(dataFolder);
  try {
    writeFileSync(file, `${JSON.stringify({ current: randomBytes(32).toString("hex") })}\n`, {
      flag: "wx",
      mode: 0o600,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const key: LocalWebhookKeys = parseKey(readFileSync(file, "utf8"));
  if (typeof key?.current !== "string" || key.current === "") {
    throw new FlowError("config_error", `${file} holds no webhook key: delete it, and a new one is made`);
  }
  return key;
}

function parseKey(text: string): LocalWebhookKeys {
  try {
    return JSON.parse(text);
  } catch {
    return { current: "" };
  }
}

/** Replaces the folder's keys. */
export function writeWebhookKeys(dataFolder: string, keys: WebhookKeys): void {
  const file = fileIn(dataFolder);
  writeFileSync(`${file}.new`, `${JSON.stringify(keys)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The keys as the secret that ingest reads. */
export function webhookKeySecret(dataFolder: string): LocalSecret {
  return {
    read: () => JSON.stringify(webhookKeys(dataFolder)),
    write: (value) => writeFileSync(fileIn(dataFolder), value, { mode: 0o600 }),
  };
}

/** The path of a workflow's webhook under the key in force. */
export function localWebhookPath(keys: LocalWebhookKeys, workflow: string): string {
  const [key = ""] = webhookKeysOf(keys, workflow, Date.now());
  return webhookPathOf(LOCAL_STAGE, workflow, LOCAL_ORG_ID, key);
}
