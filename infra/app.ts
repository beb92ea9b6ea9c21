import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { FlowError } from "../lib/core/flow-error.ts";
import { stackName } from "../lib/core/stage-names.ts";
import { HooklineStack } from "./hookline-stack.ts";
import { readBuild, readStages } from "./read-build.ts";

const app = new App();
try {
  const stages = readStages("dist");
  const wanted: unknown = app.node.tryGetContext("stage");
  const names = Object.keys(stages).filter((name) => wanted === undefined || name === wanted);
  if (names.length === 0)
    throw new FlowError("config_error", `stages.yaml has no stage ${JSON.stringify(wanted)}`);
  for (const stage of names) {
    const settings = stages[stage];
    if (settings)
      new HooklineStack(app, stackName(stage), { stage, settings, build: readBuild("dist", stage) });
  }
  Validations.of(app).addPlugins(new AwsSolutionsChecks());
  app.synth();
} catch (error) {
  if (!(error instanceof FlowError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
