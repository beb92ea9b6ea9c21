import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { createSecretsManager } from "../adapters/secrets-manager.ts";
import { systemClock } from "../adapters/system-clock.ts";
import type { EnvironmentSource } from "../core/environment-source.ts";
import { workflowSecretsId } from "../core/stage-names.ts";
import { askAws } from "./aws-trouble.ts";

/**
 * The secrets of a deployed stage's workflows, by name.
 * @throws FlowError `config_error` when AWS cannot be asked.
 */
export async function stageSecrets(stage: string): Promise<EnvironmentSource> {
  const { HOOKLINE_SECRETS_ID: id = workflowSecretsId(stage) } = process.env;
  const client = new SecretsManagerClient({});
  const secrets = createSecretsManager({ client, workflowSecretId: id, ttlSeconds: 60, clock: systemClock });
  try {
    const hint = `set HOOKLINE_SECRETS_ID to the stage's output WorkflowSecretsArn (asked for: ${id})`;
    return await askAws(hint, () => secrets.workflowSecrets());
  } finally {
    client.destroy();
  }
}
