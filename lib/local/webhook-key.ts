import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FlowError } from "../core/flow-error.ts";
import type { LocalSecret } from "./secrets-server.ts";

/** The webhook key of a data folder, and the one before it while it is being rotated. */
export interface WebhookKey {
  readonly current: string;
  readonly previous?: string;
}

const fileIn = (dataFolder: string) => join(dataFolder, "webhook-key.json");

/**
 * Reads the folder's webhook key; the first call makes it.
 * @throws FlowError `config_error` for a file that holds no key.
 */
export function webhookKey(dataFolder: string): WebhookKey {
  const file = fileIn(dataFolder);
  try {
    writeFileSync(file, `${JSON.stringify({ current: randomBytes(32).toString("hex") })}\n`, {
      flag: "wx",
      mode: 0o600,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const key: WebhookKey = parseKey(readFileSync(file, "utf8"));
  if (typeof key?.current !== "string" || key.current === "") {
    throw new FlowError("config_error", `${file} holds no webhook key: delete it, and a new one is made`);
  }
  return key;
}

function parseKey(text: string): WebhookKey {
  try {
    return JSON.parse(text);
  } catch {
    return { current: "" };
  }
}

/** The key as the secret that ingest reads. */
export function webhookKeySecret(dataFolder: string): LocalSecret {
  return {
    read: () => JSON.stringify(webhookKey(dataFolder)),
    write: (value) => writeFileSync(fileIn(dataFolder), value, { mode: 0o600 }),
  };
}
