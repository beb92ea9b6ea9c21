import { FlowError } from "../core/flow-error.ts";
import { type Split, type SplitTable, splitOf } from "../core/split.ts";
import type { Workflow } from "../core/workflow.ts";
import { type ChangeWord, type DeployedHashes, splitsAfter } from "./announce-versions.ts";
import { misfits } from "./fits-deployment.ts";

/** How a deployment changes who gets a workflow's events. */
export interface SplitPlan {
  readonly name: string;
  /** `alone`: its file asks for a rollout, and there is no earlier version that could get the rest. */
  readonly change: "begins" | "stays" | "ends" | "alone";
  /** The split that begins or stays, or the one that ends. */
  readonly split?: Split;
}

/**
 * What becomes of rollouts and rollbacks when these workflows are deployed.
 * @throws FlowError `invalid_input` where a version that is to get events could not serve then.
 */
export async function planSplits(
  table: SplitTable,
  workflows: readonly Workflow[],
  deployed: DeployedHashes,
  word: ChangeWord,
  textOf: (name: string, hash: string) => Promise<Workflow | undefined>,
): Promise<readonly SplitPlan[]> {
  const after = splitsAfter(table, workflows, deployed, word);
  const plans: SplitPlan[] = [];
  for (const workflow of workflows) {
    const { name, rolloutPercent } = workflow;
    const hash = Object.hasOwn(deployed, name) ? deployed[name] : undefined;
    const now = hash === undefined ? undefined : splitOf(table, { name, hash });
    const then = splitOf(after, workflow);
    if (then) {
      await mustServe(then, workflow, workflows, textOf);
      plans.push({ name, change: now?.version === then.version ? "stays" : "begins", split: then });
    } else if (rolloutPercent !== undefined) plans.push({ name, change: "alone" });
    else if (now) plans.push({ name, change: "ends", split: now });
  }
  return plans;
}

async function mustServe(
  { base, kind }: Split,
  { name }: Workflow,
  workflows: readonly Workflow[],
  textOf: (name: string, hash: string) => Promise<Workflow | undefined>,
): Promise<void> {
  const text = await textOf(name, base);
  const reasons = text ? misfits(text, workflows) : ["its text is not kept"];
  if (reasons.length === 0) return;
  const wayOut =
    kind === "rollout"
      ? "deploy it without rollout"
      : `take the rollback back first, hookline rollback ${name} --undo`;
  throw new FlowError(
    "invalid_input",
    `version ${base.slice(0, 12)} of ${name} is to get events beside the new deployment and could not: ${reasons.join("; ")}. Otherwise ${wayOut}`,
  );
}
