import { expect, test } from "@jest/globals";
import { outlineRun } from "../../lib/app/outline-run.ts";
import { createConsoleWorld } from "../support/console-world.ts";
import { runIdOf } from "../support/world.ts";

const textOf = (html: string) =>
  html
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll("&quot;", '"')
    .replaceAll(/\s+/g, " ");

test("a question to a model is shown with its prompt, its answer, its tokens and what it cost", async () => {
  const prompt = "Write to ${name}.\nOne sentence.";
  const { get, world } = createConsoleWorld({
    file: { steps: [{ type: "openai_completion", api_key: "k", prompt, output_to: "greeting" }] },
    llm: [
      { text: "Hello Ada,\nwelcome.", usage: { input_tokens: 120, output_tokens: 30, cost_usd: 0.0042 } },
    ],
  });
  const runId = runIdOf(await world.post({ name: "Ada" }));
  await world.settle();
  const { text } = await get(`/runs/${runId}/steps/0`);
  expect(text).toMatch(
    /<summary>Prompt<\/summary><p class="quiet">prompt<\/p><pre[^>]*>Write to Ada\.\nOne sentence\.</,
  );
  expect(text).toMatch(
    /Answer, written to <code>greeting<\/code><\/summary><pre[^>]*>Hello Ada,\nwelcome\.</,
  );
  expect(textOf(text)).toMatch(/Tokens in\s*120\s*Tokens out\s*30\s*Cost\s*\$0\.0042/);
});

test("a call is shown with its request and its answer, without secrets; what touches nothing outside has no answer", async () => {
  const { get, world } = createConsoleWorld({
    file: {
      environment: [{ name: "TOKEN", secret: true }],
      steps: [
        { type: "http_call", url: "https://x.test/a?key=${env:TOKEN}", output_to: "got" },
        { type: "set", values: { seen: "${got.name}" } },
      ],
    },
    secrets: { TOKEN: "hush-hush-token" },
    http: [{ url: "https://x.test/a?key=hush-hush-token", body: { name: "Ada" } }],
  });
  const runId = runIdOf(await world.post({}));
  await world.settle();
  const { text } = await get(`/runs/${runId}/steps/0`);
  expect(text).toContain("<summary>Request</summary>");
  expect(textOf(text)).toContain('Answer, written to got{ "name": "Ada" }');
  expect(text).not.toContain("hush");
  const other = (await get(`/runs/${runId}/steps/1`)).text;
  expect(other).toContain("What it was given");
  expect(other).not.toContain("Answer");
});

test("a step's track has a bar for each time that it was begun, in the time of the whole list", async () => {
  const { get, world } = createConsoleWorld({
    file: {
      steps: [
        { type: "print", text: "hi" },
        { type: "http_call", url: "https://x.test/a" },
      ],
    },
    http: [{ url: "https://x.test/a", answers: [{ status: 503 }, { status: 503 }, {}] }],
  });
  const runId = runIdOf(await world.post({}));
  await world.settle();
  const { journal, createdAt } = await world.run(runId);
  const { rows } = outlineRun(journal, "", { from: 0, limit: 10 });
  expect(rows.map(({ spans }) => spans.map(({ from }) => from - createdAt))).toEqual([
    [0],
    [0, 30_000, 90_000],
  ]);
  const { text } = await get(`/runs/${runId}`);
  expect(text.match(/<path class="good" d="([^"]*)"/g)).toEqual([
    '<path class="good" d="M0.0 0h4.0v100h-4.0z"',
    '<path class="good" d="M0.0 0h4.0v100h-4.0zM333.3 0h4.0v100h-4.0zM996.0 0h4.0v100h-4.0z"',
  ]);
});

test("a group's track is that of the steps inside", async () => {
  const steps = [{ type: "wait", seconds: 5 }];
  const { world } = createConsoleWorld({
    file: { steps: [{ type: "for_each", input_from: "items", steps }] },
  });
  const runId = runIdOf(await world.post({ items: [1, 2] }));
  await world.settle();
  const { journal } = await world.run(runId);
  const { rows } = outlineRun(journal, "0", { from: 0, limit: 10 });
  expect(rows.map(({ path, spans }) => [path, spans.length])).toEqual([
    ["0.items.0", 1],
    ["0.items.1", 1],
  ]);
});
