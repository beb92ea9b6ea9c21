import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { FlowError } from "../lib/core/flow-error.ts";
import { orgIdOf } from "../lib/core/stage-names.ts";
import { HooklineStack } from "./hookline-stack.ts";
import { readBuild } from "./read-build.ts";
import { readSettings } from "./read-settings.ts";
import { parseOrgId, parseStage } from "./stage.ts";

const app = new App();
try {
  const stage = parseStage(app.node.tryGetContext("stage") ?? "dev");
  new HooklineStack(app, `hookline-${stage}`, {
    stage,
    orgId: parseOrgId(app.node.tryGetContext("org_id") ?? orgIdOf(stage)),
    build: readBuild("dist", stage),
    settings: readSettings(`.env.${stage}`),
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks());
  app.synth();
} catch (error) {
  if (!(error instanceof FlowError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
