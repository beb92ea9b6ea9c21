import { html } from "hono/html";
import { workflowIdOf } from "../../app/webhook-url.ts";
import type { Input, WebhookInput, Workflow } from "../../core/workflow.ts";
import type { Fact } from "./facts.ts";
import { counted } from "./measures.ts";

/** What starts runs of a workflow. Of a webhook's URL the part that is no secret; the whole is for the terminal. */
export function inputFacts({ name, input }: Workflow, stage: string): readonly Fact[] {
  if (input.type !== "http_webhook") return [["Started by", startOf(input)]];
  return [
    ["Started by", html`POST to <code>/v1/webhooks/…/${workflowIdOf(stage, name)}/…</code>`],
    ["Who may call", callersOf(input)],
    [
      "Business key",
      input.dedupe &&
        html`<code>${input.dedupe.key}</code> for ${counted(input.dedupe.windowSeconds, "second")}`,
    ],
  ];
}

function callersOf({ preset, verify }: WebhookInput): string {
  if (preset !== undefined) return `what ${preset} signed`;
  return verify ? "who proves it" : "whoever knows the URL";
}

function startOf(input: Exclude<Input, WebhookInput>) {
  switch (input.type) {
    case "cron":
      return html`the schedule <code>${input.cron}</code> in ${input.timezone}`;
    case "sqs":
      return html`the queue <code>${input.queue}</code>`;
    case "eventbridge":
      return html`events of the bus <code>${input.bus}</code>`;
    case "s3":
      return html`objects of the bucket <code>${input.bucket}</code>`;
    case "email":
      return html`mails to <code>${input.to.join(", ")}</code>`;
  }
}
