import { expect, test } from "@jest/globals";
import type { HttpRequest } from "../../lib/core/ports/http.ts";
import { slackWebhook } from "../../lib/steps/slack-webhook.ts";
import { runStep, stepContext } from "../support/step-context.ts";

async function posted(state: { [key: string]: string }): Promise<{ request: HttpRequest; text: string }> {
  const requests: HttpRequest[] = [];
  const http = {
    async send(request: HttpRequest) {
      requests.push(request);
      return { status: 200, headers: {}, body: new TextEncoder().encode("ok") };
    },
  };
  const params = { webhook_url: "https://hooks.test/x", text: "New", include_event: true };
  await runStep(slackWebhook, params, stepContext({ state, ports: { http }, timeoutSeconds: 5 }).context);
  const [request] = requests;
  if (!request) throw new Error("nothing was sent");
  return { request, text: JSON.parse(String(request.body)).text };
}

test("an event longer than a message is cut, and its code block is closed", async () => {
  const { text } = await posted({ long: "x".repeat(50_000) });
  expect(text.length).toBeLessThan(40_000);
  expect(text).toMatch(/…\n```$/);
});

test("an event cannot close its code block", async () => {
  const { text } = await posted({ text: "``` <!channel>" });
  expect(text.split("```")).toHaveLength(3);
  expect(text).not.toContain("<");
});

test("the idempotency key and the time limit go with the request", async () => {
  const { request } = await posted({});
  expect(request).toMatchObject({ headers: { "Idempotency-Key": "run-1-0" }, timeoutMs: 5000 });
});
