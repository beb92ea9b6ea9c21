import { expect, test } from "@jest/globals";
import { changeSplits } from "../../lib/app/change-splits.ts";
import { SPLITS_FRESH_MS } from "../../lib/app/served-entry.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import { withSplit } from "../../lib/core/split.ts";
import type { Workflow } from "../../lib/core/workflow.ts";
import { createConsoleWorld, fieldsOf } from "../support/console-world.ts";
import { compiled } from "../support/engine-run.ts";
import { runIdOf, webhookPathIn } from "../support/world.ts";

const file = {
  version: "1.1.0",
  description: "Says hello",
  input: { type: "http_webhook", verify: "github", dedupe: { key: "${id}", window: 60 } },
  steps: [{ type: "print", id: "greet", text: "Hello ${name}" }],
};
const nightly = {
  input: { type: "cron", cron: "30 2 * * *" },
  steps: [{ type: "print", text: "hi" }],
};

test("workflows are listed with what happened to them today", async () => {
  const { get, world } = createConsoleWorld({ file: { steps: file.steps }, workflows: { nightly } });
  await world.post({ name: "Ada" });
  await world.settle();
  const { text } = await get("/workflows");
  expect(text).toMatch(
    /href="\/workflows\/example"><strong>example<\/strong><\/a><\/th>\s*<td class="number">1</,
  );
  expect(text).toContain('href="/workflows/nightly"');
  expect(text).toContain("Last 24 hours");
});

test("they are listed without their numbers when those cannot be read", async () => {
  const series = () => Promise.reject(new FlowError("server_error", "reading metrics: no"));
  const { get } = createConsoleWorld(
    { file, workflows: { nightly } },
    { metrics: { series, labelled: series } },
  );
  const { status, text } = await get("/workflows");
  expect(status).toBe(200);
  expect(text).toContain("The numbers cannot be read now");
  expect(text).toContain('href="/workflows/nightly"');
});

test("a workflow's page has its file in colours, what starts it, and not the secret of its URL", async () => {
  const { get } = createConsoleWorld({ file, workflows: { nightly } });
  const { status, text } = await get("/workflows/example");
  expect(status).toBe(200);
  expect(text).toContain('<span class="key">description</span><span class="sign">:</span> Says hello');
  expect(text).toContain('Hello <span class="hole">${name}</span>');
  expect(text).toContain("what github signed");
  expect(text).toContain("hookline url example --stage test");
  const [, , , org = "", id = "", hash = ""] = webhookPathIn("example").split("/");
  expect([hash.length, text.includes(id), text.includes(hash), text.includes(org)]).toEqual([
    64,
    true,
    false,
    false,
  ]);
  expect((await get("/workflows/nightly")).text).toContain("30 2 * * *");
});

test("a run leads to the version it was of, which says what differs from today's", async () => {
  const { get, world } = createConsoleWorld({ file: { ...file, input: { type: "http_webhook" } } });
  const runId = runIdOf(await world.post({ name: "Ada" }));
  await world.settle();
  const steps = [{ type: "print", id: "greet", text: "Bye ${name}" }];
  world.deploy(compiled({ ...file, input: { type: "http_webhook" }, steps }));
  const page = (await get(`/runs/${runId}`)).text;
  const link = /href="(\/workflows\/example\?version=[0-9a-f]{12})"/.exec(page)?.[1] ?? "";
  const { status, text } = await get(link);
  expect(status).toBe(200);
  expect(text).toContain("From this version to today’s");
  expect(text).toContain("<del>Hello ${name}</del>");
  expect(text).toContain("<ins>Bye ${name}</ins>");
  expect(text).toContain("2 versions");
  expect((await get("/workflows/example")).text).not.toContain("From this version");
});

test("a workflow or a version that is not there gets a calm page", async () => {
  const { get } = createConsoleWorld({ file });
  for (const path of ["/workflows/nobody", "/workflows/..%2fexample", "/workflows/example?version=00000000"])
    expect([path, (await get(path)).status]).toEqual([path, 404]);
});

test("a rollback is told on the workflow's page, and a replay is of the version that serves", async () => {
  const input = { type: "http_webhook" };
  const { get, post, world } = createConsoleWorld({ file: { ...file, input } });
  const earlier = compiled({ ...file, input, name: "example", version: "1.0.0", steps: [] });
  await world.store.putVersion(earlier);
  const runId = runIdOf(await world.post({ name: "Ada" }));
  await world.settle();
  const deployed = (await world.run(runId)).hash;
  await changeSplits(world.splits, (table) =>
    withSplit(table, "example", {
      version: deployed,
      base: earlier.hash,
      percent: 0,
      kind: "rollback",
      at: 0,
      by: "<ann>",
    }),
  );
  world.clock.advance(SPLITS_FRESH_MS);
  const { text } = await get("/workflows/example");
  expect(text).toContain(`Rolled back: new runs are of <code>${earlier.hash.slice(0, 12)}</code>`);
  expect(text).toContain("by &lt;ann&gt;");
  expect(text).toMatch(new RegExp(`<code>${earlier.hash.slice(0, 12)}</code></a></th>[^%]*>100 %<`));
  const action = `/runs/${runId}/replay`;
  await post(action, fieldsOf((await get(`/runs/${runId}`)).text, action));
  const [replayId = ""] = (await world.run(runId)).replays ?? [];
  expect((await world.run(replayId)).hash).toBe(earlier.hash);
  const test = "/workflows/example/test";
  const fields = fieldsOf((await get(test)).text, test);
  const sent = await post(test, { ...fields, body: "{}", headers: "content-type: application/json" });
  expect((await world.run(sent.headers.get("location")?.slice("/runs/".length) ?? "")).hash).toBe(
    earlier.hash,
  );
});

test("any two versions are compared, chosen by a form; a version that is not there is a calm page", async () => {
  const steps = (text: string) => [{ type: "print", id: "greet", text }];
  const input = { type: "http_webhook" };
  const { get, world } = createConsoleWorld({ file: { ...file, input, steps: steps("three") } });
  const [one, two] = ["one", "two"].map((text) =>
    compiled({ ...file, input, name: "example", steps: steps(text) }),
  ) as [Workflow, Workflow];
  for (const version of [one, two]) await world.store.putVersion(version);
  const short = ({ hash }: Workflow) => hash.slice(0, 12);
  const { text } = await get(`/workflows/example?version=${short(one)}&to=${short(two)}`);
  expect(text).toContain("<del>one</del>");
  expect(text).toContain("<ins>two</ins>");
  expect(text).toMatch(new RegExp(`name="to"><option[^]*value="${short(two)}" selected`));
  expect((await get("/workflows/example")).text).toContain('name="to"');
  expect((await get(`/workflows/example?version=${short(one)}&to=00000000`)).status).toBe(404);
});
