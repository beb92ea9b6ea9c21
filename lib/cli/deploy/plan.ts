import { costOf } from "../../adapters/llm/model-cost.ts";
import { type CostEstimate, type EstimateBasis, estimateCost } from "../../app/estimate-cost.ts";
import { placedSteps } from "../../app/match-steps.ts";
import { planSplits, type SplitPlan } from "../../app/plan-splits.ts";
import {
  type MissingValue,
  missingValues,
  planWorkflows,
  type WorkflowPlan,
} from "../../app/plan-workflows.ts";
import { contentOf } from "../../app/step-content.ts";
import type { JsonObject } from "../../core/json.ts";
import type { StageSettings } from "../../core/stages.ts";
import type { Workflow } from "../../core/workflow.ts";
import { stepTypes } from "../../steps/registry.ts";
import { changeWord } from "../versions/change-word.ts";
import type { DeployedStage } from "./deployed-stage.ts";
import { type TemplateChanges, templateChanges } from "./template-changes.ts";

/** What a workflow's runs cost before and after, each a thousand of them; null: it is not there. */
export interface CostPlan {
  readonly name: string;
  readonly before: CostEstimate | null;
  readonly after: CostEstimate | null;
}

/** What a deployment would do. */
export interface Plan {
  readonly stage: string;
  /** Absent: nothing is deployed yet, or nobody said. */
  readonly deployed_commit?: string;
  /** Hashes of what is deployed, by name; absent as well. */
  readonly deployed_workflows?: { readonly [name: string]: string };
  readonly workflows: readonly WorkflowPlan[];
  /** Rollouts and rollbacks. */
  readonly splits: readonly SplitPlan[];
  readonly account: TemplateChanges;
  readonly missing: readonly MissingValue[];
  readonly costs: readonly CostPlan[];
}

/** What is to be deployed. */
export interface Target {
  readonly stage: string;
  readonly settings: StageSettings;
  readonly workflows: readonly Workflow[];
  readonly template: JsonObject;
}

/** Compares what is to be deployed with what is. */
export async function makePlan(
  { stage, settings, workflows, template }: Target,
  deployed: DeployedStage,
): Promise<Plan> {
  const hashes = deployed.metadata?.workflows ?? {};
  return {
    stage,
    ...(deployed.metadata && { deployed_workflows: hashes }),
    ...(deployed.metadata?.commit !== undefined && { deployed_commit: deployed.metadata.commit }),
    workflows: await planWorkflows(hashes, workflows, deployed.textOf),
    splits: await planSplits(deployed.splits, workflows, hashes, changeWord(), deployed.textOf),
    account: templateChanges(deployed.template, template),
    missing: missingValues(workflows, settings.environment, deployed.secretNames),
    costs: await Promise.all(
      workflows.map((workflow) => costPlan(workflow, hashes[workflow.name], settings, deployed)),
    ),
  };
}

async function costPlan(
  after: Workflow,
  hash: string | undefined,
  settings: StageSettings,
  deployed: DeployedStage,
): Promise<CostPlan> {
  const before =
    hash === after.hash ? after : hash === undefined ? undefined : await deployed.textOf(after.name, hash);
  const recorded =
    before && asksModels(before) ? await deployed.recordedCost(before.name, before.hash) : undefined;
  const sameModels = before !== undefined && modelSteps(before) === modelSteps(after);
  return {
    name: after.name,
    before: before ? await estimateCost(before, basisFor(settings, recorded)) : null,
    after: await estimateCost(after, basisFor(settings, sameModels ? recorded : undefined)),
  };
}

/** What models are asked, in a form that tells whether it is the same. */
function modelSteps(workflow: Workflow): string {
  return JSON.stringify(
    placedSteps(workflow)
      .map(({ step }) => (asks(step) ? contentOf(step) : null))
      .filter(Boolean),
  );
}

function asksModels(workflow: Workflow): boolean {
  return placedSteps(workflow).some(({ step }) => asks(step));
}

function asks({ type }: { readonly type: string }): boolean {
  return stepTypes.get(type)?.facts?.asksModelOf !== undefined;
}

function basisFor(settings: StageSettings, recorded: EstimateBasis["recorded"]): EstimateBasis {
  return {
    types: stepTypes,
    ingestMemoryMb: settings.ingest.memory_mb,
    runnerMemoryMb: settings.runner.memory_mb,
    recorded,
    priceOf: (provider, model, { input, output }) =>
      costOf(
        {
          model,
          input_tokens: input,
          output_tokens: output,
          cached_tokens: 0,
          reasoning_tokens: 0,
          cost_usd: null,
        },
        { provider, model },
        Date.now(),
      ),
  };
}
