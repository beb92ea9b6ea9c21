import { existsSync } from "node:fs";
import { basename, relative } from "node:path";
import { type Input, isDeployedTo, type StepNode, type WebhookInput } from "../core/workflow.ts";
import { formatProblem } from "../language/problem.ts";
import { LOCAL_STAGE } from "../local/local-names.ts";
import type { LocalStack, ServedWorkflow } from "../local/local-stack.ts";
import type { WorkflowFile } from "../local/workflow-files.ts";
import { stepTypes } from "../steps/registry.ts";
import { columns } from "./columns.ts";
import { placeFlags } from "./place-flags.ts";
import { printable } from "./printable.ts";

const DIED =
  "The last time it ended without having been stopped: killed, or out of memory. What was under way then goes on one by one; a run that ends it a second time is failed.";

/** What is said when a run took the runner's process down. */
export function runnerDiedText(how: string): string {
  return `The runner died (${how}) and is started again: the log says more. What was under way goes on one by one; a run that ends it a second time is failed.`;
}

/** What a started stack says: where it is, what it serves, and a line that fires a workflow. */
export function stackText(stack: LocalStack, dataFolder: string): string {
  const { workflows, files, recovered, died } = stack;
  const tryable = workflows.filter(isSelfContained);
  const missing = workflows.flatMap(missingText);
  return [
    `Hookline is ready at ${stack.url}`,
    "",
    ...(workflows.length === 0 ? ["No workflow serves."] : columns(workflows.map(workflowRow))),
    ...(missing.length === 0 ? [] : ["", ...missing]),
    ...files.flatMap(fileText),
    ...(recovered > 0 ? ["", `${recovered} runs of the last time go on.`, ...(died ? [DIED] : [])] : []),
    ...(tryable.length === 0 ? [] : ["", "Try:", ...tryable.map((one) => tryLine(one, dataFolder))]),
    "",
    `History and logs are in ${shownFolder(dataFolder)}. Ctrl-C stops.`,
  ].join("\n");
}

function workflowRow(served: ServedWorkflow): string[] {
  const { input } = served.workflow;
  const verified =
    input.type === "http_webhook" && input.verify ? [`from ${input.preset ?? input.verify.scheme}`] : [];
  return ["", served.name, wayIn(served), ...verified];
}

/** How events reach a workflow: its URL, or where they come from by themselves. */
export function wayIn({ url, workflow: { input } }: ServedWorkflow): string {
  return input.type === "http_webhook" ? url : sourceText(input);
}

function sourceText(input: Exclude<Input, WebhookInput>): string {
  switch (input.type) {
    case "cron":
      return `cron ${input.cron} (${input.timezone})`;
    case "sqs":
      return `sqs ${input.queue}`;
    case "eventbridge":
      return `eventbridge ${JSON.stringify(input.pattern)}`;
    case "s3":
      return `s3 ${input.bucket}/${input.prefix ?? ""}*${input.suffix ?? ""}`;
    case "email":
      return `email ${input.to.join(", ")}`;
  }
}

/** Names without a value, and where to put them. */
export function missingText({ name, missing }: ServedWorkflow): string[] {
  if (missing.length === 0) return [];
  return [
    `${name} cannot run yet: no value for ${missing.join(", ")}. Put ${missing.length === 1 ? "it" : "them"} into .env`,
  ];
}

/** What is to be said of a file: its problems, and what serves in its place. */
export function fileText({ path, problems, workflow, idle }: WorkflowFile): string[] {
  const broken = problems.some(({ severity }) => severity === "error");
  return [
    ...problems.map((problem) => `\n${printable(formatProblem(problem))}`),
    ...(broken && workflow ? [`The last good version of ${workflow.name} goes on serving.`] : []),
    ...(broken && !workflow ? [`${basename(path)} does not serve until it is mended.`] : []),
    ...(idle === undefined ? [] : [`${basename(path)} does not serve: ${idle}.`]),
  ];
}

/** Needs neither key nor network: whoever cloned the project can fire it at once. */
function isSelfContained({ workflow, missing }: ServedWorkflow): boolean {
  const { input } = workflow;
  return (
    input.type === "http_webhook" &&
    (!input.verify || input.preset !== undefined) &&
    isDeployedTo(LOCAL_STAGE, workflow) &&
    missing.length === 0 &&
    !reachesOut(workflow.steps) &&
    !reachesOut(workflow.onFailure)
  );
}

function reachesOut(steps: readonly StepNode[]): boolean {
  return steps.some(
    ({ type, blocks }) => stepTypes.get(type)?.effect || Object.values(blocks).some(reachesOut),
  );
}

function tryLine({ name, url, workflow: { file, input } }: ServedWorkflow, folder: string): string {
  if (input.type === "http_webhook" && input.preset !== undefined)
    return `  npx hookline send ${input.preset} --workflow ${name}${placeFlags({ stage: LOCAL_STAGE, data: folder })}`;
  const example = file.replace(/\.ya?ml$/, ".event.json");
  const data = existsSync(example) ? quoted(`@${example}`) : "'{}'";
  return `  curl -H 'content-type: application/json' -d ${data} ${url}`;
}

/** Relative where the folder lies below this one, else whole. */
function shownFolder(folder: string): string {
  const shown = relative(".", folder);
  return shown === "" || shown.startsWith("..") ? folder : shown;
}

/** An argument as a shell takes it whole. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
