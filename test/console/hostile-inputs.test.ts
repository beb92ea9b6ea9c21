import { beforeAll, describe, expect, test } from "@jest/globals";
import { type ConsoleWorld, createConsoleWorld, fieldsOf } from "../support/console-world.ts";
import { runIdOf } from "../support/world.ts";

const MARKUP = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "'--><svg/onload=alert(1)>",
  "</textarea></title></script><b>",
  "javascript:alert(1)",
  "&lt;already&gt; & bare",
  "\u202Egnp.exe",
  "\u0000\u0007\u001B[31m",
  "${env:TOKEN} ${7*7} {{7*7}}",
];
const TEXTS = [
  ...MARKUP,
  "../../../etc/passwd",
  "..%2f..%2f",
  "%00",
  "%E0%A4%A",
  "__proto__",
  "constructor",
  "0".repeat(3_000),
  "run#1",
  "01900000-0000-7000-8000-000000000001",
  "' OR 1=1 --",
];

let there: ConsoleWorld;
let runId: string;

beforeAll(async () => {
  const file = {
    name: "example",
    steps: [
      { type: "set", values: { shown: "${texts}" } },
      { type: "print", text: "${texts}" },
      { type: "fail", message: "${texts}" },
      { type: "print", text: MARKUP.join(" ").replaceAll("${", () => "$${") },
    ],
  };
  there = createConsoleWorld({ file });
  runId = runIdOf(
    await there.world.post(
      { texts: MARKUP.join("\n"), [MARKUP[0] ?? ""]: MARKUP },
      { headers: { "content-type": "application/json", "x-odd": MARKUP[1] ?? "" } },
    ),
  );
  await there.world.settle();
  there.deadLetters.bury(MARKUP.join(" "), { class: "refused", message: MARKUP.join(" "), step: "<b>" });
});

const pages = [
  "/",
  "/runs",
  "/deliveries",
  "/dead-letters",
  "/workflows",
  "/workflows/example",
  "/workflows/example/test",
  "/workflows/example/check",
  "/sign-in",
  "/nothing",
];

function expectCalm({ status, text }: { readonly status: number; readonly text: string }): void {
  expect(status).toBeLessThan(500);
  // Between its quotes an attribute may say what it likes.
  const tags = text.replaceAll(/="[^"]*"/g, "").match(/<[a-z][^>]*>/gi) ?? [];
  expect(tags.filter((tag) => /\son\w/i.test(tag))).toEqual([]);
  // One script, the console's own file.
  expect(text.match(/<script/gi)?.length ?? 0).toBeLessThanOrEqual(1);
  // No picture but the console's own charts.
  expect(text.match(/<svg(?! class="bars" viewBox="0 0 \d+ 100")/gi)).toBeNull();
  expect(text).not.toContain("at Object.");
}

describe.each(TEXTS)("%j", (hostile) => {
  const text = encodeURIComponent(hostile);

  test("as any parameter of any page gets a calm page", async () => {
    for (const page of pages)
      for (const name of [
        "workflow",
        "status",
        "period",
        "after",
        "text",
        "to",
        "from",
        "outcome",
        "version",
      ])
        expectCalm(await there.get(`${page}?${name}=${text}`));
  });

  test("as a test event, its header or its field is shown as text, or becomes a run of it", async () => {
    const path = "/workflows/example/test";
    const fields = fieldsOf((await there.get(path)).text, path);
    const type = "content-type: application/json";
    for (const form of [
      { body: hostile, headers: type },
      { body: JSON.stringify({ texts: hostile, [hostile]: hostile }), headers: type },
      { body: "{}", headers: hostile },
      { body: "{}", headers: `x-odd: ${hostile}` },
      { [hostile]: hostile, body: `</textarea>${hostile}`, headers: type },
    ]) {
      const answer = await there.post(path, { ...fields, ...form });
      expectCalm(answer);
      expect([303, 400]).toContain(answer.status);
      if (answer.status === 303) expectCalm(await there.get(answer.headers.get("location") ?? ""));
    }
    expect((await there.post(`/workflows/${text}/test`, { ...fields, body: "{}" })).status).toBe(404);
  });

  test("as the id of a run or a step is not there, and nothing happens", async () => {
    for (const path of [
      `/runs/${text}`,
      `/workflows/${text}`,
      `/workflows/example?version=${text}`,
      `/runs/${runId}/steps/${text}`,
    ]) {
      const answer = await there.get(path);
      expectCalm(answer);
      expect([400, 404]).toContain(answer.status);
    }
    for (const verb of ["redrive", "replay", "cancel", text])
      expect((await there.post(`/runs/${text}/${verb}`, { form_token: hostile })).status).toBeLessThan(500);
  });
});

test("a path that is not encoded, a query that is not, and a method that no page has get a calm answer", async () => {
  for (const path of ["/runs/%E0%A4%A", "/runs?after=%E0%A4%A", "/runs?%", "//evil.example/", "/.%2e/x"])
    expectCalm(await there.get(path));
  for (const method of ["PUT", "DELETE", "OPTIONS", "PATCH"]) {
    const answer = await there.app.request("http://localhost:8080/runs", {
      method,
      headers: { host: "localhost" },
    });
    expect(answer.status).toBe(404);
  }
});

test("markup in events, names of keys, errors, logs and dead letters is shown as text", async () => {
  for (const path of [
    "/",
    "/runs",
    `/runs/${runId}`,
    `/runs/${runId}/steps/0`,
    `/runs/${runId}/steps/1`,
    `/runs/${runId}/steps/2`,
    "/dead-letters",
    "/deliveries",
    "/workflows",
    "/workflows/example",
    "/workflows/example/test",
    "/workflows/example/check",
  ]) {
    const answer = await there.get(path);
    expect([path, answer.status]).toEqual([path, 200]);
    expectCalm(answer);
  }
  expect((await there.get(`/runs/${runId}`)).text).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
});

test("what no browser sent to a path that is nothing's gets an empty 404, as a wrong webhook does", async () => {
  const answer = await there.app.request("http://localhost:8080/nothing/here", {
    method: "POST",
    headers: { host: "localhost" },
    body: "{}",
  });
  expect([answer.status, await answer.text()]).toEqual([404, ""]);
});
