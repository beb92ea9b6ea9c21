import { parseEnv } from "node:util";
import { changeSecret } from "../adapters/change-secret.ts";
import type { SecretValues } from "../adapters/secrets-manager.ts";
import { LOCAL_STAGE } from "../local/local-names.ts";
import { readIfPresent } from "../local/working-folder.ts";
import { writeEnvValue } from "../local/write-env-value.ts";
import { stageName } from "./stage-name.ts";
import { stageSecretId, stageSecrets, withStageSecret } from "./stage-secrets.ts";

/** Where a stage's workflow secrets are kept. Values never leave it but to be moved within. */
export interface SecretPlace {
  /** In words. */
  readonly where: string;
  /** When the functions see a change, in a sentence. */
  readonly seen: string;
  /** Names that have a value, each with where from. @throws FlowError `config_error` when it cannot be read */
  names(): Promise<ReadonlyMap<string, string>>;
  /** Gives names values, or with undefined takes them away. @throws as `names` */
  change(values: { readonly [name: string]: string | undefined }): Promise<void>;
  /** Gives `name` a value and `other` the one that `name` had. @throws as `names` */
  rotate(name: string, other: string, value: string): Promise<void>;
}

/** The place of the local stack's secrets, `.env.local`, or of a deployed stage's, whose secret is HOOKLINE_SECRETS_ID or named by the stage. */
export function secretPlace(stage: string): SecretPlace {
  return stage === LOCAL_STAGE ? localPlace() : deployedPlace(stageName(stage));
}

function localPlace(): SecretPlace {
  const file = `.env.${LOCAL_STAGE}`;
  const inFile = (name: string) => parseEnv(readIfPresent(name) ?? "");
  const change: SecretPlace["change"] = async (values) => {
    for (const [name, value] of Object.entries(values)) writeEnvValue(file, name, value);
  };
  return {
    where: file,
    seen: "The local stack sees it within a second; a variable of the shell that it was started in wins.",
    async names() {
      const sources = [
        ["the shell", process.env],
        [file, inFile(file)],
        [".env", inFile(".env")],
      ] as const;
      // The strongest source comes last.
      return new Map(
        sources.toReversed().flatMap(([where, values]) => Object.keys(values).map((name) => [name, where])),
      );
    },
    change,
    async rotate(name, other, value) {
      await change({ [other]: inFile(file)[name], [name]: value });
    },
  };
}

function deployedPlace(stage: string): SecretPlace {
  const changed = (edit: (values: SecretValues) => { readonly [name: string]: string | undefined }) =>
    withStageSecret(stage, (client, id) =>
      changeSecret(client, id, (values) => withoutUndefined({ ...values, ...edit(values) })),
    );
  const where = `the secret ${stageSecretId(stage)}`;
  return {
    where,
    seen: "Functions keep what they read for five minutes: they see it by then, at a provider's 401 at once.",
    async names() {
      return new Map(Object.keys(await stageSecrets(stage)).map((name) => [name, where]));
    },
    change: (values) => changed(() => values),
    rotate: (name, other, value) => changed((values) => rotated(values, name, other, value)),
  };
}

/** Made once more on a version that somebody else wrote meanwhile, it moves nothing twice. */
function rotated(values: SecretValues, name: string, other: string, value: string) {
  return values[name] === value ? {} : { [other]: values[name], [name]: value };
}

function withoutUndefined(values: { readonly [name: string]: string | undefined }): SecretValues {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
