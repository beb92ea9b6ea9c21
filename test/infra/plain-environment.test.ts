import { expect, test } from "@jest/globals";
import { plainEnvironment } from "../../infra/plain-environment.ts";
import type { EnvironmentName, Workflow } from "../../lib/core/workflow.ts";
import { emptyWorkflow } from "../support/empty-workflow.ts";

function reading(...environment: readonly Partial<EnvironmentName>[]): Workflow {
  const plain = { name: "X", secret: false, declared: true, required: true };
  return emptyWorkflow({ environment: environment.map((name) => ({ ...plain, ...name })) });
}

test("declared plain names with a value are deployed", () => {
  expect(plainEnvironment([reading({ name: "URL" }, { name: "UNSET" })], { URL: "u", OTHER: "o" })).toEqual({
    URL: "u",
  });
});

test("a value of a name that any workflow counts as secret stops the deploy", () => {
  const workflows = [reading({ name: "KEY" }), reading({ name: "KEY", secret: true })];
  expect(() => plainEnvironment(workflows, { KEY: "k" })).toThrow(
    /^stages.yaml gives KEY a value, which is secret in the workflow \S+: put it into the stage's secret/,
  );
});

test("a name that is read but not declared counts as secret", () => {
  const workflows = [reading({ name: "KEY", declared: false, secret: true })];
  expect(() => plainEnvironment(workflows, { KEY: "k" })).toThrow("or declare it without secret: true");
});
