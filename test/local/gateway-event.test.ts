import { describe, expect, test } from "@jest/globals";
import { gatewayEvent, isTooLarge, type ReceivedRequest } from "../../lib/local/gateway-event.ts";

const request: ReceivedRequest = {
  method: "POST",
  target: "/v1/webhooks/a/b/c?tag=x&tag=y&empty=",
  headers: {
    host: "localhost:8787",
    "content-type": "application/json",
    "user-agent": "curl/8",
    cookie: "a=1; b=2",
  },
  body: Buffer.from('{"a":1}'),
  sourceIp: "127.0.0.1",
  receivedAt: Date.parse("2026-03-12T19:03:58Z"),
};
const withBody = (contentType: string | undefined, body: Buffer) =>
  gatewayEvent({
    ...request,
    headers: contentType === undefined ? {} : { "content-type": contentType },
    body,
  });

describe("the event API Gateway would send", () => {
  test("has path, query, headers and the request's circumstances in payload format 2.0", () => {
    expect(gatewayEvent(request)).toMatchObject({
      version: "2.0",
      rawPath: "/v1/webhooks/a/b/c",
      rawQueryString: "tag=x&tag=y&empty=",
      queryStringParameters: { tag: "x,y", empty: "" },
      cookies: ["a=1", "b=2"],
      headers: { host: "localhost:8787", "content-type": "application/json", "user-agent": "curl/8" },
      requestContext: {
        http: {
          method: "POST",
          path: "/v1/webhooks/a/b/c",
          protocol: "HTTP/1.1",
          sourceIp: "127.0.0.1",
          userAgent: "curl/8",
        },
        time: "12/Mar/2026:19:03:58 +0000",
        timeEpoch: request.receivedAt,
      },
      body: '{"a":1}',
      isBase64Encoded: false,
    });
  });

  test("a query parameter may be called like what every object has", () => {
    const event = gatewayEvent({ ...request, target: "/?constructor=a&__proto__=b&constructor=c" });
    expect(Object.entries(event.queryStringParameters ?? {})).toEqual([
      ["constructor", "a,c"],
      ["__proto__", "b"],
    ]);
  });

  test.each(["text/plain; charset=utf-8", "application/json", "application/vnd.api+json", "application/xml"])(
    "a body of %s travels as text",
    (type) => {
      expect(withBody(type, Buffer.from("grüß"))).toMatchObject({ body: "grüß", isBase64Encoded: false });
    },
  );

  test.each(["application/octet-stream", "application/x-www-form-urlencoded", undefined])(
    "a body of %s travels as base64, byte for byte",
    (type) => {
      const body = Buffer.from([0, 255, 128, 10]);
      expect(withBody(type, body)).toMatchObject({ body: body.toString("base64"), isBase64Encoded: true });
    },
  );

  test("text that is not UTF-8 travels as base64: no byte is replaced", () => {
    const body = Buffer.from([0x22, 0xff, 0x22]);
    expect(withBody("application/json", body)).toMatchObject({
      body: body.toString("base64"),
      isBase64Encoded: true,
    });
  });

  test("no body and no query leave no trace", () => {
    const event = gatewayEvent({ ...request, target: "/", body: Buffer.alloc(0) });
    expect(event).toMatchObject({ rawPath: "/", rawQueryString: "", isBase64Encoded: false });
    expect(event).not.toHaveProperty("body");
    expect(event).not.toHaveProperty("queryStringParameters");
  });
});

test.each([
  ["text", "text/plain", "x".repeat(6_000_000), false],
  ["text of quotes, each with a backslash", "text/plain", '"'.repeat(3_500_000), true],
  ["binary data", "application/octet-stream", "x".repeat(4_500_000), false],
  ["more of it, as base64", "application/octet-stream", "x".repeat(4_800_000), true],
])("Lambda takes 6 MB in all: %s", (_about, contentType, body, refused) => {
  expect(isTooLarge(withBody(contentType, Buffer.from(body)))).toBe(refused);
});
