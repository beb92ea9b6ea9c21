import { expect, test } from "@jest/globals";
import { FlowError } from "../../lib/core/flow-error.ts";
import { createConsoleWorld } from "../support/console-world.ts";
import { runIdOf } from "../support/world.ts";

const file = { steps: [{ type: "fail", message: "no", when: [{ field: "bad", op: "eq", value: true }] }] };
const other = { steps: [{ type: "print", text: "hi" }] };

async function threeRuns() {
  const there = createConsoleWorld({ file, workflows: { other } });
  await there.world.post({});
  await there.world.post({});
  const failed = runIdOf(await there.world.post({ bad: true }));
  await there.world.settle();
  return { ...there, failed };
}

/** What a page says, without its tags. */
const words = (html: string) => html.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");

test("the first page counts what happened, shows it as charts, and which runs failed", async () => {
  const { get, failed } = await threeRuns();
  const { status, text } = await get("/");
  expect(status).toBe(200);
  expect(words(text)).toContain("accepted 3");
  expect(words(text)).toMatch(/succeeded 2 dropped 0 failed 1/);
  expect(text).toMatch(/href="\/" aria-current="page"/);
  expect(text).toContain(`/runs/${failed}`);
});

test("a chart says in words what it shows, and a table has its numbers", async () => {
  const { get } = await threeRuns();
  const { text } = await get("/?period=hour");
  const chart = /<figure[^>]*id="ended".*?<\/figure>/s.exec(text)?.[0] ?? "";
  expect(chart).toMatch(/<svg[^>]*role="img" aria-labelledby="ended-title ended-words"/);
  expect(chart).toContain("succeeded 2, dropped 0, failed 1; at most 3 in a period.");
  // Failures stand on the successes.
  expect(chart).toMatch(/<path class="good" d="M\d+ 100\.0v-62\.7/);
  expect(chart).toMatch(/<path class="bad" d="M\d+ 37\.3v-31\.3/);
  expect(text).toMatch(/<td class="number">3<\/td><td class="number">2<\/td><td class="number">1<\/td>/);
  expect(text).not.toContain("style=");
});

test("the numbers of one workflow are shown alone", async () => {
  const { get, world } = await threeRuns();
  const all = words((await get("/")).text);
  expect(all).toMatch(/example 3 2 1 0 /);
  expect(all).toMatch(/other 0 0 0 0 – \$0/);
  const one = words((await get("/?workflow=other")).text);
  expect(one).toContain("accepted 0");
  expect(one).toContain("No run failed in this time.");
  world.clock.advance(3 * 86_400_000);
  expect(words((await get("/?period=day")).text)).toContain("accepted 0");
  expect(words((await get("/?period=week")).text)).toContain("accepted 3");
});

test("numbers that cannot be read leave the rest of the page, and the log says why", async () => {
  const trouble = new FlowError("connection", "reading metrics: the service cannot be reached");
  const fail = () => Promise.reject(trouble);
  const { get, world } = createConsoleWorld({ file }, { metrics: { series: fail, labelled: fail } });
  const failed = runIdOf(await world.post({ bad: true }));
  await world.settle();
  const { status, text } = await get("/");
  expect(status).toBe(200);
  expect(text).toContain("The numbers cannot be read now");
  expect(text).toContain(`/runs/${failed}`);
  expect(JSON.stringify(world.log)).toContain("reading metrics: the service cannot be reached");
});

test("what models cost is shown by model, where any was asked", async () => {
  const model = (name: string) => ({ type: "openai_completion", api_key: "k", model: name, prompt: "hi" });
  const { get, world } = createConsoleWorld({
    file: { steps: [model("gpt-4.1-mini"), model("<b>mine</b>")] },
    llm: [1, 2].map(() => ({ text: "hello", usage: { input_tokens: 1_000, output_tokens: 500 } })),
  });
  expect((await get("/")).text).not.toContain("By model");
  await world.post({});
  await world.settle();
  const { text } = await get("/");
  expect(words(text)).toContain("By model");
  expect(words(text)).toMatch(/gpt-4\.1-mini\s+1,000\s+500\s+\$0\.0012/);
  expect(words(text)).toMatch(/others, whose prices are not known\s+1,000\s+500\s+–/);
  expect((await get("/?workflow=example")).text).not.toContain("By model");
});
