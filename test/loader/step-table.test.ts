import { expect, test } from "@jest/globals";
import { stepTable } from "../../lib/language/reference/step-table.ts";
import { stepTypes } from "../../lib/steps/registry.ts";
import { fakeSteps } from "../support/fake-steps.ts";

test("the table has a row for each step, with a link to its page, its default key and its summary", () => {
  expect(stepTable(fakeSteps, "docs/").split("\n")).toEqual([
    "| step | default key | what it does |",
    "| --- | --- | --- |",
    "| [`call`](docs/call.md) | `answer` | Call something |",
    "| [`say`](docs/say.md) | – | Say something \\| anything |",
    "| [`gate`](docs/gate.md) | – | Go on or drop |",
    "| [`choose`](docs/choose.md) | – | Choose |",
    "| [`loop`](docs/loop.md) | – | Repeat |",
    "| [`program`](docs/program.md) | `result` | Evaluate |",
  ]);
});

test("every registered step has a row", () => {
  const rows = stepTable(stepTypes, "").split("\n").slice(2);
  expect(rows.map((row) => row.split("`")[1])).toEqual([...stepTypes.keys()]);
});
