import { secretUses } from "../app/list-secrets.ts";
import { columns } from "./columns.ts";
import { EXIT } from "./exit.ts";
import type { HistoryOptions } from "./history.ts";
import { jsonText } from "./json-text.ts";
import { secretPlace } from "./secret-place.ts";
import { stageWorkflows } from "./stage-workflows.ts";

/** Options of `secrets list`. */
export interface SecretsListOptions extends HistoryOptions {
  readonly missing?: boolean;
  readonly json?: boolean;
}

/** Prints the secrets that workflows read. Exit code 1 when one that is needed has no value. */
export async function listSecrets(options: SecretsListOptions): Promise<number> {
  const place = secretPlace(options.stage);
  const all = secretUses(await stageWorkflows(options), await place.names());
  const shown = options.missing ? all.filter(({ from }) => from === null) : all;
  if (options.json) process.stdout.write(`${jsonText(shown)}\n`);
  else if (shown.length === 0)
    process.stderr.write(options.missing ? "Every secret has a value.\n" : "No workflow reads a secret.\n");
  else {
    const rows = shown.map(({ name, from, required, workflows }) => [
      name,
      from ?? (required ? "none" : "none, not needed"),
      workflows.join(", "),
    ]);
    process.stdout.write(`${columns([["NAME", "VALUE FROM", "READ BY"], ...rows]).join("\n")}\n`);
  }
  return all.some(({ from, required }) => from === null && required) ? EXIT.failed : EXIT.ok;
}
