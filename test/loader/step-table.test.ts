import { expect, test } from "@jest/globals";
import { stepTable } from "../../lib/language/step-table.ts";
import { stepTypes } from "../../lib/steps/registry.ts";
import { fakeSteps } from "../support/fake-steps.ts";

test("the table has a row for each step, with defaults, required parameters and nested steps", () => {
  expect(stepTable(fakeSteps).split("\n")).toEqual([
    "| step | default key | parameters | what it does |",
    "| --- | --- | --- | --- |",
    "| `call` | `answer` | `url` (required), `key` (`${env:CALL_KEY}`), `method` (`GET`), `limit`, `tags`, `headers`, `body`, `options`, `target`, `timeout` (`30`) | Call something |",
    "| `say` | – | `text` (`${env:GREETING, hello}`), `fields` | Say something \\| anything |",
    "| `gate` | – | `conditions`, `drop_on_failure` (`true`) | Go on or drop |",
    "| `choose` | – | `if` (required), `else` | Choose |",
    "| `loop` | – | `input_from` (required), `var` (`item`), `steps` (required) | Repeat |",
    "| `program` | `result` | `query` (required), `values` | Evaluate |",
  ]);
});

test("every registered step has a row", () => {
  const rows = stepTable(stepTypes).split("\n").slice(2);
  expect(rows.map((row) => row.split("`")[1])).toEqual([...stepTypes.keys()]);
});
