import { expect, test } from "@jest/globals";
import { createConsoleWorld } from "../support/console-world.ts";

const PATH = "/workflows/example/check";
const textOf = (html: string) =>
  html
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll("&quot;", '"')
    .replaceAll(/\s+/g, " ");

test("the check's page says what hookline check does, each with its line, which is marked, and its rule", async () => {
  const { get } = createConsoleWorld({
    file: { steps: [{ type: "http_call", url: "https://example.com/${input.id}" }] },
  });
  const { status, text } = await get(PATH);
  expect(status).toBe(200);
  const line = /href="#line-(\d+)">line/.exec(text)?.[1];
  expect(text).toContain(`<span class="marked" id="line-${line}">`);
  expect(textOf(text)).toContain(`warning line ${line}`);
  expect(text).toContain("Rule <code>no-retries</code>");
  expect(text).toMatch(/Checklist: \d+ kept, \d+ not</);
  expect(textOf(text)).toContain("hookline check --checklist --stage STAGE");
});

test("of a file that keeps the rules there is nothing to say; a schema that lay beside it is there", async () => {
  const there = createConsoleWorld({ file: { steps: [] } });
  const source = `# v1.0.0 - 2026-01-02
# - first
name: example
version: 1.0.0
description: Nothing
input: { type: http_webhook, verify: github, dedupe: { key: "\${request.headers.x-github-delivery}" }, schema: event.json }
steps: []
`;
  const schema = { type: "object" };
  const [deployed] = there.world.runner.catalog.all();
  there.world.deploy({ ...deployed, source, input: { type: "http_webhook", schema } } as never);
  expect((await there.get(PATH)).text).toContain("Nothing to say");
});

test("a version without its text, and a workflow that is not there, have no check", async () => {
  const there = createConsoleWorld({ file: { steps: [] } });
  const [deployed] = there.world.runner.catalog.all();
  const { source: _source, ...rest } = deployed as NonNullable<typeof deployed>;
  there.world.deploy(rest);
  expect((await there.get(PATH)).text).toContain("was not kept");
  expect((await there.get("/workflows/none/check")).status).toBe(404);
});

test("the workflow's page leads to it, and says which names it reads", async () => {
  const { get } = createConsoleWorld({
    file: {
      environment: [{ name: "API_KEY", secret: true }, "API_URL"],
      steps: [{ type: "http_call", url: "${env:API_URL}", headers: { authorization: "${env:API_KEY}" } }],
    },
  });
  const { text } = await get("/workflows/example");
  expect(text).toContain(`href="${PATH}"`);
  expect(textOf(text)).toContain("API_KEY (secret) API_URL");
  expect(text).toContain("hookline secrets list --missing --stage test");
});
