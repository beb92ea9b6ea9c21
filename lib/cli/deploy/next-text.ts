import type { Workflow } from "../../core/workflow.ts";
import type { Outputs } from "./cdk.ts";

/** What to do after a deployment: where events go, and how it is taken back. */
export function nextText(
  stage: string,
  outputs: Outputs,
  workflows: readonly Workflow[],
  before: string | undefined,
): string {
  const [webhook] = workflows.filter(({ input }) => input.type === "http_webhook");
  const { ApiEndpoint: api = "https://…" } = outputs;
  return [
    `Stage ${stage} is deployed.`,
    ...(webhook
      ? [`  URLs:   HOOKLINE_API_URL=${api} npx hookline url ${webhook.name} --stage ${stage}`]
      : []),
    `  Runs:   npx hookline runs list --stage ${stage}`,
    `  Undo:   git switch --detach ${before ?? "COMMIT"} && npm ci && npm run deploy -- --stage ${stage}`,
    "",
  ].join("\n");
}

/** What has become of a deployment that did not end well. */
export function failureText(stack: string, interrupted: boolean): string {
  return interrupted
    ? `Stopped while ${stack} was being deployed. CloudFormation goes on with what it has begun:
  aws cloudformation describe-stacks --stack-name ${stack}           how far it is
  aws cloudformation cancel-update-stack --stack-name ${stack}       take it back
`
    : `${stack} was not deployed; the reason stands above. What CloudFormation had begun it takes back by itself, and the versions from before serve.\n`;
}
