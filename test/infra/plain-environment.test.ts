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

test("a name that any workflow counts as secret is not", () => {
  const workflows = [reading({ name: "KEY" }), reading({ name: "KEY", secret: true })];
  expect(plainEnvironment(workflows, { KEY: "k" })).toEqual({});
});

test("a name that is read but not declared counts as secret", () => {
  expect(plainEnvironment([reading({ name: "KEY", declared: false, secret: true })], { KEY: "k" })).toEqual(
    {},
  );
});

test("names that belong to Lambda or to the functions are never set", () => {
  const names = ["AWS_REGION", "LAMBDA_TASK_ROOT", "HOOKLINE_STAGE", "_HANDLER", "NODE_OPTIONS", "TZ"];
  const settings = Object.fromEntries(names.map((name) => [name, "x"]));
  expect(plainEnvironment([reading(...names.map((name) => ({ name })))], settings)).toEqual({});
});
