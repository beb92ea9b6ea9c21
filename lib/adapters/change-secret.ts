import { randomUUID } from "node:crypto";
import { PutSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { FlowError } from "../core/flow-error.ts";
import { callAws } from "./aws-errors.ts";
import { readSecretVersion, type SecretValues } from "./secrets-manager.ts";

const MOST_TRIES = 5;

/**
 * Changes a secret of names and texts. Secrets Manager has no conditional write: a version that somebody wrote between our reading and
 * our writing is found afterwards, as the one before ours, and our change is made once more on top of it. Until then, for a moment, the
 * secret lacks theirs.
 * @throws FlowError `config_error` when it cannot be read, `rate_limited` when others write all the time.
 */
export async function changeSecret(
  client: SecretsManagerClient,
  secretId: string,
  change: (values: SecretValues) => SecretValues,
): Promise<void> {
  const read = (stage?: "AWSPREVIOUS") => readSecretVersion(client, secretId, "workflow secrets", stage);
  let { values, version: replaced } = await read();
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const ours = randomUUID();
    const put = new PutSecretValueCommand({
      SecretId: secretId,
      SecretString: JSON.stringify(change(values)),
      // The version's id: a put that the SDK repeats makes no second one.
      ClientRequestToken: ours,
    });
    await callAws(`writing secret ${secretId}`, () => client.send(put));
    const current = await read();
    if (current.version === ours) {
      const before = await read("AWSPREVIOUS");
      if (before.version === replaced) return;
      ({ values } = before);
      replaced = ours;
    } else {
      // Somebody wrote after us, perhaps on what they had read before us.
      ({ values, version: replaced } = current);
    }
  }
  throw new FlowError(
    "rate_limited",
    `others change the secret ${secretId} all the time: look at "hookline secrets list", and try again`,
  );
}
