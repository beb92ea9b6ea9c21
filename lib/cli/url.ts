import { randomBytes } from "node:crypto";
import { webhookPathOf } from "../app/webhook-url.ts";
import { webhookKeysOf, withRotatedKey } from "../core/webhook-keys.ts";
import { LOCAL_STAGE } from "../local/local-names.ts";
import { EXIT } from "./exit.ts";
import type { HistoryOptions } from "./history.ts";
import { jsonText } from "./json-text.ts";
import { localIso } from "./local-time.ts";
import { pair } from "./pair.ts";
import { type WebhookPlace, withWebhook } from "./webhook-place.ts";

/** Options of `url`. */
export interface UrlOptions extends HistoryOptions {
  /** Gives the workflow a new URL first. */
  readonly rotate?: boolean;
  /** Waits for the secret that the service sends to it once. */
  readonly pair?: boolean;
  /** How long the old URL stays valid then, in milliseconds. */
  readonly grace: number;
  readonly json?: boolean;
}

/** Functions look for new secrets as often, unless the stage says otherwise. */
const DEFAULT_SECRETS_TTL_MINUTES = 5;

/** Prints the webhook URL of a workflow, alone on standard output. @throws as {@link withWebhook} and {@link pair} do. */
export async function url(name: string, options: UrlOptions): Promise<number> {
  const text = await withWebhook(name, options, async (place) => {
    if (options.rotate) await rotate(name, place, options.grace);
    return urlOf(name, place);
  });
  const shown = options.json ? jsonText({ workflow: name, url: text }) : text;
  const print = () => void process.stdout.write(`${shown}\n`);
  if (options.pair) return await pair(name, options, print);
  print();
  return EXIT.ok;
}

/** The webhook URL of a workflow. @throws as {@link withWebhook} does. */
export function webhookUrl(name: string, options: HistoryOptions): Promise<string> {
  return withWebhook(name, options, (place) => urlOf(name, place));
}

async function urlOf(name: string, { keys, api, stage, orgId }: WebhookPlace): Promise<string> {
  const [key = ""] = webhookKeysOf(await keys.read(), name, Date.now());
  return api + webhookPathOf(stage, name, orgId, key);
}

async function rotate(name: string, { keys, stage }: WebhookPlace, grace: number): Promise<void> {
  const now = Date.now();
  const until = now + grace;
  await keys.write(withRotatedKey(await keys.read(), name, randomBytes(32).toString("hex"), { now, until }));
  const old = grace === 0 ? "The old URL ends now" : `The old URL works until ${localIso(until)}`;
  const delay = stage === LOCAL_STAGE ? "" : `, the new one within ${DEFAULT_SECRETS_TTL_MINUTES} minutes`;
  process.stderr.write(`${old}${delay}.\n`);
}
