import { expect, test } from "@jest/globals";
import type { Http, HttpRequest } from "../../lib/core/ports/http.ts";
import { httpCall } from "../../lib/steps/http-call.ts";
import { runStep, stepContext } from "../support/step-context.ts";

function answering(status: number, body: string | Uint8Array, headers: { [name: string]: string } = {}) {
  const requests: HttpRequest[] = [];
  const http: Http = {
    async send(request) {
      requests.push(request);
      return { status, headers, body: typeof body === "string" ? new TextEncoder().encode(body) : body };
    },
  };
  return { http, requests };
}

test("the idempotency key, the time limit and the signal go with the request", async () => {
  const { http, requests } = answering(200, "");
  const { context } = stepContext({ ports: { http }, timeoutSeconds: 7 });
  await runStep(httpCall, { url: "https://a.test" }, context);
  expect(requests).toEqual([
    {
      method: "GET",
      url: "https://a.test",
      headers: { "Idempotency-Key": "run-1-0" },
      timeoutMs: 7000,
      signal: context.signal,
    },
  ]);
});

test("an exact number keeps its digits in the body", async () => {
  const { http, requests } = answering(200, "");
  const id = JSON.rawJSON("9007199254740993");
  await runStep(
    httpCall,
    { url: "https://a.test", method: "POST", body: { id } },
    stepContext({ ports: { http } }).context,
  );
  expect(requests[0]?.body).toBe('{"id":9007199254740993}');
});

test("an exact number keeps its digits in a header and in the query", async () => {
  const { http, requests } = answering(200, "");
  const id = JSON.rawJSON("9007199254740993");
  const params = { url: "https://a.test", headers: { "X-Id": id }, query: { id } };
  await runStep(httpCall, params, stepContext({ ports: { http } }).context);
  expect(requests[0]).toMatchObject({
    url: "https://a.test?id=9007199254740993",
    headers: { "X-Id": "9007199254740993" },
  });
});

test("a failure carries status, the first 4 KiB of the body and the wait that was asked for", async () => {
  const { http } = answering(503, "x".repeat(5000), { "retry-after": "9" });
  await expect(
    runStep(httpCall, { url: "https://a.test" }, stepContext({ ports: { http } }).context),
  ).rejects.toMatchObject({
    class: "server_error",
    message: `GET https://a.test answered 503: ${"x".repeat(199)}…`,
    status: 503,
    body: `${"x".repeat(4095)}…`,
    retryAfterMs: 9000,
  });
});

test("text is read in the charset that the answer names", async () => {
  const { http } = answering(200, new Uint8Array([0x4b, 0xf6, 0x6c, 0x6e]), {
    "content-type": 'text/plain; charset="ISO-8859-1"',
  });
  expect(
    await runStep(httpCall, { url: "https://a.test" }, stepContext({ ports: { http } }).context),
  ).toMatchObject({ output: "Köln" });
});

test("a charset that nobody knows is read as UTF-8", async () => {
  const { http } = answering(200, "Köln", { "content-type": "text/plain; charset=klingon" });
  expect(
    await runStep(httpCall, { url: "https://a.test" }, stepContext({ ports: { http } }).context),
  ).toMatchObject({ output: "Köln" });
});

test("without output_to there is no meta", async () => {
  const { http } = answering(200, "");
  expect(
    await runStep(httpCall, { url: "https://a.test" }, stepContext({ ports: { http } }).context),
  ).toEqual({
    kind: "next",
    output: "",
  });
});

test.each([
  [{ url: "https://a.test", body: "text" }],
  [{ url: "https://a.test", method: "head", body: [1] }],
])("a literal body that GET cannot carry is found in the file: %j", (raw) => {
  expect(httpCall.check?.(raw)).toMatchObject([{ at: ["body"] }]);
});

test.each([
  [{ url: "https://a.test", body: { a: 1 } }],
  [{ url: "https://a.test", body: "${query}" }],
  [{ url: "https://a.test", method: "POST", body: "text" }],
])("%j may be sent", (raw) => {
  expect(httpCall.check?.(raw)).toEqual([]);
});

test.each([
  [{}],
  [{ url: "" }],
  [{ url: "https://a.test", method: "FETCH" }],
  [{ url: "https://a.test", headers: { "X Y": "1" } }],
  [{ url: "https://a.test", headers: { X: "a\nb" } }],
  [{ url: "https://a.test", headers: { X: "☃" } }],
  [{ url: "https://a.test", headers: { X: [1] } }],
  [{ url: "https://a.test", query: "a=b" }],
  [{ url: "https://a.test", response: "headers" }],
  [{ url: "https://a.test", allow_status: 404 }],
  [{ url: "https://a.test", allow_status: [99] }],
  [{ url: "https://a.test", params: {} }],
])("%j is refused", (raw) => {
  expect(httpCall.schema.safeParse(raw).success).toBe(false);
});
