import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { createWebhookKeySecret } from "../adapters/secrets-manager.ts";
import { FlowError } from "../core/flow-error.ts";
import { orgIdOf, webhookKeyId } from "../core/stage-names.ts";
import type { WebhookKeys } from "../core/webhook-keys.ts";
import { LOCAL_ORG_ID, LOCAL_STAGE } from "../local/local-names.ts";
import { findStack } from "../local/stack-file.ts";
import { webhookKeys, writeWebhookKeys } from "../local/webhook-key.ts";
import { askAws } from "./aws-trouble.ts";
import type { HistoryOptions } from "./history.ts";
import { servedWorkflow } from "./served-workflow.ts";
import { stageName } from "./stage-name.ts";

/** What the URL of a workflow is made of. */
export interface WebhookPlace {
  readonly keys: { read(): Promise<WebhookKeys>; write(keys: WebhookKeys): Promise<void> };
  /** Scheme and host, without a slash at the end. */
  readonly api: string;
  readonly stage: string;
  readonly orgId: string;
}

/**
 * Does something with the webhook of a workflow of the local stack or of a deployed stage.
 * @throws FlowError `config_error` when the stack or the stage's settings cannot be found, `invalid_input` for a
 * workflow that takes no webhooks.
 */
export async function withWebhook<T>(
  name: string,
  { stage, data }: HistoryOptions,
  work: (place: WebhookPlace) => Promise<T>,
): Promise<T> {
  return stage === LOCAL_STAGE
    ? await work(localPlace(name, data))
    : await withDeployed(stageName(stage), work);
}

function localPlace(name: string, data: string): WebhookPlace {
  const stack = findStack(data);
  const { input } = servedWorkflow(name, data);
  if (input.type !== "http_webhook") {
    throw new FlowError("invalid_input", `"${name}" has no webhook: its input is ${input.type}`);
  }
  const keys = {
    read: async () => webhookKeys(data),
    write: async (changed: WebhookKeys) => writeWebhookKeys(data, changed),
  };
  return { keys, api: stack.url, stage: LOCAL_STAGE, orgId: LOCAL_ORG_ID };
}

async function withDeployed<T>(stage: string, work: (place: WebhookPlace) => Promise<T>): Promise<T> {
  const {
    HOOKLINE_API_URL: api,
    HOOKLINE_ORG_ID: orgId = orgIdOf(stage),
    HOOKLINE_WEBHOOK_KEY_ID: keyId = webhookKeyId(stage),
  } = process.env;
  if (!api) {
    throw new FlowError(
      "config_error",
      `to know the URLs of stage "${stage}", set HOOKLINE_API_URL to its output ApiEndpoint`,
    );
  }
  const client = new SecretsManagerClient({});
  try {
    const hint = `set HOOKLINE_WEBHOOK_KEY_ID to the stage's output WebhookKeyArn (asked for: ${keyId})`;
    const keys = createWebhookKeySecret(client, keyId);
    return await askAws(hint, () => work({ keys, api: api.replace(/\/+$/, ""), stage, orgId }));
  } finally {
    client.destroy();
  }
}
