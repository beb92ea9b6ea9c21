import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { createSecretsManager } from "../adapters/secrets-manager.ts";
import { systemClock } from "../adapters/system-clock.ts";
import { webhookPathOf } from "../app/webhook-url.ts";
import { FlowError } from "../core/flow-error.ts";
import { orgIdOf, webhookKeyId } from "../core/stage-names.ts";
import { LOCAL_ORG_ID, LOCAL_STAGE } from "../local/local-names.ts";
import { findStack } from "../local/stack-file.ts";
import { webhookKey } from "../local/webhook-key.ts";
import { askAws } from "./aws-trouble.ts";
import { EXIT } from "./exit.ts";
import { servedWorkflow } from "./served-workflow.ts";
import { stageName } from "./stage-name.ts";

/** Options of `url`. */
export interface UrlOptions {
  readonly stage: string;
  readonly data: string;
}

/** Prints the webhook URL of a workflow, alone on standard output. @throws as {@link webhookUrl} does. */
export async function url(name: string, options: UrlOptions): Promise<number> {
  process.stdout.write(`${await webhookUrl(name, options)}\n`);
  return EXIT.ok;
}

/**
 * The webhook URL of a workflow, in the local stack or a deployed stage.
 * @throws FlowError `config_error` when the stack or the stage's settings cannot be found, `invalid_input` for a
 * workflow that takes no webhooks.
 */
export async function webhookUrl(name: string, { stage, data }: UrlOptions): Promise<string> {
  return stage === LOCAL_STAGE ? localUrl(name, data) : await deployedUrl(name, stageName(stage));
}

function localUrl(name: string, data: string): string {
  const stack = findStack(data);
  const { input } = servedWorkflow(name, data);
  if (input.type !== "http_webhook")
    throw new FlowError("invalid_input", `"${name}" has no webhook: its input is ${input.type}`);
  return stack.url + webhookPathOf(LOCAL_STAGE, name, LOCAL_ORG_ID, webhookKey(data).current);
}

async function deployedUrl(name: string, stage: string): Promise<string> {
  const {
    HOOKLINE_API_URL: apiUrl,
    HOOKLINE_ORG_ID: orgId = orgIdOf(stage),
    HOOKLINE_WEBHOOK_KEY_ID: keyId = webhookKeyId(stage),
  } = process.env;
  if (!apiUrl) {
    throw new FlowError(
      "config_error",
      `to know the URLs of stage "${stage}", set HOOKLINE_API_URL to its output ApiEndpoint`,
    );
  }
  const client = new SecretsManagerClient({});
  const secrets = createSecretsManager({ client, webhookKeyId: keyId, ttlSeconds: 60, clock: systemClock });
  try {
    const hint = `set HOOKLINE_WEBHOOK_KEY_ID to the stage's output WebhookKeyArn (asked for: ${keyId})`;
    const [key = ""] = await askAws(hint, () => secrets.webhookKeys());
    return apiUrl.replace(/\/+$/, "") + webhookPathOf(stage, name, orgId, key);
  } finally {
    client.destroy();
  }
}
