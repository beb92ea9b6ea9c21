import { join } from "node:path";
import { createInputCatalog } from "../../adapters/catalog-file.ts";
import { compileWorkflows } from "../../build/compile-workflows.ts";
import { FlowError } from "../../core/flow-error.ts";
import { type InputEntry, inputTable, isDeployedTo } from "../../core/workflow.ts";
import { nameHint } from "../../language/nearest-name.ts";
import { catalogFolder, LOCAL_STAGE } from "../../local/local-names.ts";
import { findStack } from "../../local/stack-file.ts";
import type { Preset } from "../../webhooks/preset.ts";
import { presetVerification } from "../../webhooks/preset-verification.ts";
import { webhookUrl } from "../url.ts";

/** Where a delivery goes, and what the workflow there says of who may call. */
export interface Target extends Pick<InputEntry, "webhook" | "environment"> {
  /** Undefined when only the URL is known. */
  readonly workflow?: string;
  readonly url: URL;
}

/** What says where a delivery goes. */
export interface TargetOptions {
  readonly workflow?: string;
  readonly to?: string;
  readonly stage: string;
  readonly data: string;
  readonly workflows: string;
}

/**
 * The workflow that is named, or the only one that takes deliveries of the preset, and its URL; with `to` and no name the URL alone.
 * @throws FlowError `invalid_input` when none or several are meant, and for a URL that is none.
 */
export async function findTarget(preset: Preset | undefined, options: TargetOptions): Promise<Target> {
  const to = options.to === undefined ? undefined : parseUrl(options.to);
  if (to && preset && options.workflow === undefined)
    return {
      url: to,
      webhook: {
        verify: presetVerification(preset),
        preset: preset.name,
        ...(preset.handshakes && { handshakes: preset.handshakes }),
      },
    };
  const { name, webhook, environment } = choose(await webhooks(options, to !== undefined), preset, options);
  return {
    workflow: name,
    url: to ?? new URL(await webhookUrl(name, options)),
    ...(webhook && { webhook }),
    ...(environment && { environment }),
  };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new FlowError(
    "invalid_input",
    `--to ${text} is no URL: write the whole of it, https://…/v1/webhooks/…, as "hookline url" prints it`,
  );
}

/** The running stack knows its own; of a deployed stage, and of another URL, the files here tell. */
async function webhooks({ stage, data, workflows }: TargetOptions, fromFiles: boolean) {
  const local = stage === LOCAL_STAGE && !fromFiles;
  if (local) findStack(data);
  const entries = local
    ? createInputCatalog(join(catalogFolder(data), "inputs.json")).all()
    : inputTable((await compileWorkflows(workflows)).workflows);
  return entries.filter((entry) => isDeployedTo(stage, entry));
}

function choose(
  entries: readonly InputEntry[],
  preset: Preset | undefined,
  { workflow, stage }: TargetOptions,
): InputEntry {
  if (workflow !== undefined) return named(workflow, entries, preset, stage);
  const usable = entries.filter(
    ({ type, webhook }) => type === "http_webhook" && (!preset || webhook?.preset === preset.name),
  );
  const [only] = usable;
  if (only && usable.length === 1) return only;
  const what = preset ? `verify: ${preset.name}` : "a webhook";
  throw new FlowError(
    "invalid_input",
    only
      ? `several workflows have ${what}: name one with --workflow: ${usable.map(({ name }) => name).join(", ")}`
      : `no workflow of stage "${stage}" has ${what}: ${preset ? `write "input: { type: http_webhook, verify: ${preset.name} }" into its file, or ` : ""}name one with --workflow, or a URL with --to`,
  );
}

function named(
  name: string,
  entries: readonly InputEntry[],
  preset: Preset | undefined,
  stage: string,
): InputEntry {
  const entry = entries.find((one) => one.name === name);
  if (!entry) {
    const hint = nameHint(
      name,
      entries.map((one) => one.name),
    );
    throw new FlowError(
      "invalid_input",
      `stage "${stage}" serves no workflow "${name}"${hint === undefined ? "" : `; ${hint}`}`,
    );
  }
  if (entry.type !== "http_webhook")
    throw new FlowError("invalid_input", `"${name}" has no webhook: its input is ${entry.type}`);
  const other = entry.webhook?.preset;
  if (preset && other !== undefined && other !== preset.name)
    throw new FlowError("invalid_input", `"${name}" takes deliveries of ${other}, not of ${preset.name}`);
  return entry;
}
