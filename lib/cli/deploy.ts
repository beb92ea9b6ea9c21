import {
  announceVersions,
  type ChangeWord,
  type DeployedHashes,
  settleSplits,
} from "../app/announce-versions.ts";
import { compileWorkflows } from "../build/compile-workflows.ts";
import { readStages, STAGES_FILE, stageOf } from "../build/read-stages.ts";
import { FlowError } from "../core/flow-error.ts";
import { stackName } from "../core/stage-names.ts";
import { isDeployedTo } from "../core/workflow.ts";
import { type Cdk, cdkFor } from "./deploy/cdk.ts";
import { checkAndTest, commitOf } from "./deploy/checks.ts";
import { NOTHING_DEPLOYED, withDeployedStage } from "./deploy/deployed-stage.ts";
import { failureText, nextText } from "./deploy/next-text.ts";
import { makePlan, type Plan, type Target } from "./deploy/plan.ts";
import { planText } from "./deploy/plan-text.ts";
import { EXIT } from "./exit.ts";
import { withHistory } from "./history.ts";
import { onInterrupt } from "./interrupt.ts";
import { jsonText } from "./json-text.ts";
import type { Terminal } from "./new/ask-for-workflow.ts";
import { isMeant } from "./operate/confirm.ts";
import { paintFor } from "./run-text.ts";
import { changeWord } from "./versions/change-word.ts";

/** Options of `deploy`. */
export interface DeployOptions {
  readonly stage: string;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly allowDirty?: boolean;
  /** A program in place of the CDK's command line. */
  readonly cdk?: string;
}

/** What was made ready to be deployed. */
interface Prepared {
  readonly target: Target;
  readonly plan: Plan;
  readonly cdk: Cdk;
}

/**
 * Checks, tests and synthesises a stage, shows what would change, asks, and deploys it. Exit code 1 when the deployment failed, 130 for
 * Ctrl-C.
 * @throws FlowError `invalid_input` or `config_error` for what is to be mended before.
 */
export async function deploy(options: DeployOptions, terminal: Terminal | undefined): Promise<number> {
  const cancel = new AbortController();
  const forget = onInterrupt(() => cancel.abort());
  try {
    const prepared = await prepare(options, cancel.signal);
    if (!options.json) process.stdout.write(`${planText(prepared.plan, paintFor(process.stdout))}\n`);
    const stack = stackName(options.stage);
    if (!options.dryRun && (await isMeant(1, `deploy ${stack}`, { yes: options.yes, asks: true }, terminal)))
      return await carryOut(prepared, options, stack, cancel.signal);
  } catch (error) {
    if (!cancel.signal.aborted && !(error instanceof Error && error.name === "ExitPromptError")) throw error;
    say("Stopped: nothing was deployed.\n");
    return EXIT.interrupted;
  } finally {
    forget();
  }
  say("Nothing was deployed.\n");
  return EXIT.ok;
}

async function prepare(options: DeployOptions, signal: AbortSignal): Promise<Prepared> {
  const { stage } = options;
  const settings = stageOf(readStages(STAGES_FILE), stage, STAGES_FILE);
  // The AWS SDK and the CDK both look there.
  if (settings.region !== undefined) process.env.AWS_REGION = settings.region;
  const commit = await commitOf(options.allowDirty === true);
  say("Checking, testing…\n");
  const { warnings, tests } = await checkAndTest(signal);
  const passed = tests === 1 ? "1 test" : `${tests} tests`;
  const warned = warnings > 0 ? `, hookline check has warnings: ${warnings}` : "";
  say(`${passed} passed${warned}; building…\n`);
  const cdk = cdkFor(stackName(stage), options.cdk);
  const template = await cdk.synthesise({ stage, commit }, signal);
  const { workflows } = await compileWorkflows("workflows");
  const here = workflows.filter((workflow) => isDeployedTo(stage, workflow));
  const target = { stage, settings, template, workflows: here };
  const plan = await planFor(target, options);
  signal.throwIfAborted();
  if (options.json) process.stdout.write(`${jsonText(plan)}\n`);
  return { target, plan, cdk };
}

async function planFor(target: Target, { dryRun }: DeployOptions): Promise<Plan> {
  try {
    return await withDeployedStage(target.stage, (deployed) => makePlan(target, deployed));
  } catch (error) {
    // Whoever deploys needs the credentials in any case.
    if (!dryRun || !(error instanceof FlowError) || error.class !== "config_error") throw error;
    say(`What is deployed now is not known: ${error.message}. Everything is shown as new.\n`);
    return await makePlan(target, NOTHING_DEPLOYED);
  }
}

async function carryOut(
  { target, plan, cdk }: Prepared,
  { json }: DeployOptions,
  stack: string,
  signal: AbortSignal,
): Promise<number> {
  const word = changeWord();
  const before = plan.deployed_workflows;
  if (before) await announce(target, before, word);
  const outputs = await cdk.deploy(signal);
  if (json)
    process.stdout.write(`${jsonText({ deployed: outputs !== undefined, outputs: outputs ?? {} })}\n`);
  if (outputs) {
    if (!before) await announce(target, {}, word);
    await settle(target);
    say(nextText(target.stage, outputs, target.workflows, plan.deployed_commit));
    return EXIT.ok;
  }
  say(failureText(stack, signal.aborted));
  return signal.aborted ? EXIT.interrupted : EXIT.failed;
}

/** Before any function carries them, so that no event finds a new version without its word. */
function announce({ stage, workflows }: Target, deployed: DeployedHashes, word: ChangeWord): Promise<void> {
  return withHistory({ stage, data: "" }, (place) => announceVersions(place, workflows, deployed, word));
}

async function settle({ stage, workflows }: Target): Promise<void> {
  try {
    await withHistory({ stage, data: "" }, ({ splits }) => settleSplits(splits, workflows));
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    say(
      `It is deployed, but rollbacks of earlier versions are still noted (${error.message}): deploying once more clears them.\n`,
    );
  }
}

function say(text: string): void {
  process.stderr.write(text);
}
