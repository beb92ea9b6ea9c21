import { expect, test } from "@jest/globals";
import { type EstimateBasis, estimateCost } from "../../lib/app/estimate-cost.ts";
import { LIST_PRICES } from "../../lib/app/list-prices.ts";
import { loadWorkflow } from "../../lib/language/load-workflow.ts";
import { stepTypes } from "../../lib/steps/registry.ts";

const basis: EstimateBasis = {
  types: stepTypes,
  ingestMemoryMb: 512,
  runnerMemoryMb: 1769,
  priceOf: async (_provider, model, { input, output }) =>
    model === "known" ? input * 1e-6 + output * 4e-6 : null,
};

function estimate(steps: string, more: Partial<EstimateBasis> = {}, input = "") {
  const { workflow, problems } = loadWorkflow(`name: w\n${input}\nsteps: [${steps}]\n`, "w.yaml");
  if (!workflow) throw new Error(problems.map(({ message }) => message).join("; "));
  return estimateCost(workflow, { ...basis, ...more });
}

const call = "{ type: http_call, url: 'https://a.test/' }";
const print = "{ type: print, text: hi }";
const ask = (model: string, more = "") => `{ type: openai_completion, model: ${model}, prompt: hi${more} }`;

test("a run without effects is 7 units of the table, a message and two invocations, without assumptions", async () => {
  const { table, queue, api, models, counted, assumptions } = await estimate(print);
  expect(counted).toEqual({ writeUnits: 7, messages: 1, calls: 0, modelCalls: 0 });
  expect(table).toBeCloseTo(7000 * LIST_PRICES.dynamoWriteUnit, 12);
  expect(queue).toBeCloseTo(3000 * LIST_PRICES.sqsRequest, 12);
  expect(api).toBeCloseTo(1000 * LIST_PRICES.apiRequest, 12);
  expect(models).toBe(0);
  expect(assumptions).toEqual([]);
});

test("each effect is a write unit more, but the last one, which travels with the end", async () => {
  expect((await estimate(`${call}, ${call}, ${print}`)).counted).toMatchObject({ writeUnits: 9, calls: 2 });
  expect((await estimate(`${call}, ${call}`)).counted).toMatchObject({ writeUnits: 8, calls: 2 });
});

test("a loop has ten items, of branches the heaviest counts, and both are said", async () => {
  const branches = `{ type: if_else, if: { conditions: [{ field: a, op: exists }], steps: [${call}] }, else: { steps: [${call}, ${call}] } }`;
  const { counted, assumptions } = await estimate(
    `{ type: for_each, input_from: ids, steps: [${branches}] }, ${print}`,
  );
  expect(counted.calls).toBe(20);
  expect(assumptions).toEqual(
    expect.arrayContaining(["a loop has 10 items", "of branches the one with the most calls is taken"]),
  );
});

test("a model costs what its texts and its limit come to", async () => {
  const { models, assumptions } = await estimate(ask("known", ", max_tokens: 100"));
  // ["hi",100] has ten letters.
  expect(models).toBeCloseTo(1000 * (3e-6 + 100 * 4e-6), 12);
  expect(assumptions).toContain(
    "openai_completion_1: 3 tokens in (its texts, 4 letters each), 100 out (its limit)",
  );
});

test("what recorded runs cost counts more than what is assumed", async () => {
  const { models, assumptions } = await estimate(ask("known"), { recorded: { meanUsd: 0.02, runs: 12 } });
  expect(models).toBe(20);
  expect(assumptions).toContain("models cost what they did in the latest 12 runs");
});

test("a model without a price is left out of the sum, and said", async () => {
  const { models, total, table, functions, queue, api, assumptions } = await estimate(ask("unheard-of"));
  expect(models).toBeNull();
  expect(total).toBeCloseTo(table + functions + queue + api, 12);
  expect(assumptions).toContain("unheard-of has no known price: it is left out");
});

test("a schedule has no API request, and a message of the inbox more", async () => {
  const { api, queue } = await estimate(print, {}, 'input: { type: cron, cron: "0 0 * * *" }');
  expect(api).toBe(0);
  expect(queue).toBeCloseTo(6000 * LIST_PRICES.sqsRequest, 12);
});
