import { describe, expect, test } from "@jest/globals";
import { sourceQueues } from "../../infra/source-queues.ts";
import type { Workflow } from "../../lib/core/workflow.ts";
import { emptyWorkflow } from "../support/empty-workflow.ts";

const ORDERS = "arn:aws:sqs:eu-west-1:123456789012:orders";

function queuesOf(
  inputs: readonly Workflow["input"][],
  environment: { readonly [name: string]: string } = {},
) {
  const names = [{ name: "QUEUE", secret: false, declared: true, required: true }];
  const workflows = inputs.map((input, index) =>
    emptyWorkflow({ name: `w${index}`, input, environment: names }),
  );
  return [...sourceQueues(workflows, { stage: "dev", settings: { environment } })];
}

describe("the queues that workflows read", () => {
  test("are known by their ARNs, which may stand in the stage's environment", () => {
    const other = `${ORDERS}-2`;
    const inputs = [
      { type: "sqs", queue: "${env:QUEUE}" },
      { type: "http_webhook" },
      { type: "sqs", queue: other },
    ] as const;
    expect(queuesOf(inputs, { QUEUE: ORDERS })).toEqual([
      [ORDERS, "w0"],
      [other, "w2"],
    ]);
  });

  test.each<[string, readonly string[], string]>([
    [
      "a queue without a value",
      ["${env:QUEUE}"],
      "workflow w0: input: ${env:QUEUE} has no value in the environment of dev, stages.yaml",
    ],
    ["a queue of two workflows", [ORDERS, ORDERS], "each message would reach one of them only"],
    ["the stage's own queue", [ORDERS.replace("orders", "hookline-dev")], "is a queue of the stage itself"],
  ])("%s stops the deployment", (_fact, queues, sentence) => {
    expect(() => queuesOf(queues.map((queue) => ({ type: "sqs", queue })))).toThrow(sentence);
  });
});
