import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { readSecret } from "../adapters/secrets-manager.ts";
import type { EnvironmentSource } from "../core/environment-source.ts";
import { workflowSecretsId } from "../core/stage-names.ts";
import { askAws } from "./aws-trouble.ts";

/** The id of the secret of a deployed stage's workflows: HOOKLINE_SECRETS_ID, or as the stage names it. */
export function stageSecretId(stage: string): string {
  return process.env.HOOKLINE_SECRETS_ID ?? workflowSecretsId(stage);
}

/**
 * Does something with the secret of a deployed stage's workflows.
 * @throws FlowError `config_error` when AWS cannot be asked.
 */
export async function withStageSecret<T>(
  stage: string,
  work: (client: SecretsManagerClient, id: string) => Promise<T>,
): Promise<T> {
  const id = stageSecretId(stage);
  const client = new SecretsManagerClient({});
  try {
    const hint = `set HOOKLINE_SECRETS_ID to the stage's output WorkflowSecretsArn (asked for: ${id})`;
    return await askAws(hint, () => work(client, id));
  } finally {
    client.destroy();
  }
}

/**
 * The secrets of a deployed stage's workflows, by name.
 * @throws FlowError `config_error` when AWS cannot be asked.
 */
export function stageSecrets(stage: string): Promise<EnvironmentSource> {
  return withStageSecret(stage, (client, id) => readSecret(client, id, "workflow secrets"));
}
