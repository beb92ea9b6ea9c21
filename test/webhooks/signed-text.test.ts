import { describe, expect, test } from "@jest/globals";
import { checkSignedText, signedBytes } from "../../lib/webhooks/signed-bytes.ts";
import { type Delivery, requestOf } from "./judge.ts";

const textOf = (template: string, delivery: Delivery, more: { readonly baseUrl?: string } = {}) =>
  signedBytes(template, { request: requestOf(delivery), timestamp: "17", id: "msg_1", ...more }).toString();
const form = (body: string | Uint8Array) => ({
  headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
  body,
});

describe("the signed text", () => {
  test("has the body as it came, whatever its bytes are", () => {
    const body = Buffer.from([0xff, 0xfe, 0x00, 0x24, 0x7b]);
    const bytes = signedBytes("v0:${body}:", { request: requestOf({ body }) });
    expect(bytes).toEqual(Buffer.concat([Buffer.from("v0:"), body, Buffer.from(":")]));
  });

  test("has id, time, method, path and headers as they came", () => {
    const delivery = { headers: { "x-topic": "a, b", "x.dotted": "d" }, rawQuery: "b=2&a=1", body: "B" };
    expect(textOf("${id}.${timestamp}.${body}", delivery)).toBe("msg_1.17.B");
    expect(textOf("${method} ${path}?${query} ${query.a}", delivery)).toBe(
      "POST /v1/webhooks/org/flow/hash?b=2&a=1 1",
    );
    expect(textOf("${headers.X-Topic}|${headers.x.dotted}|${headers.x-none}|", delivery)).toBe("a, b|d||");
  });

  test("is not looked at again: a placeholder in the body stays text", () => {
    expect(textOf("${body}", { body: "${id} $${id}" })).toBe("${id} $${id}");
  });

  test("has the values of a JSON body, numbers by their digits", () => {
    const body =
      '{"a": {"n": 12345678901234567890, "d": 1.10, "t": "x", "b": true, "z": null}, "l": [1, "two"]}';
    expect(textOf("${json.a.n}:${json.a.t}:${json.a.b}:${json.a.z}:${json.l.1}:${json.l}", { body })).toBe(
      '12345678901234567890:x:true::two:[1,"two"]',
    );
    expect(textOf('${json.a.none, "-"}:${json.a.none}:${json.__proto__}', { body })).toBe("-::");
    expect(textOf("${json.a}", { body: "no JSON" })).toBe("");
  });

  test("has the URL as the sender called it, under the base that the file says", () => {
    const delivery = { rawQuery: "q=a%2Fb&e=" };
    expect(textOf("${url}", delivery)).toBe("https://hooks.example/v1/webhooks/org/flow/hash?q=a%2Fb&e=");
    expect(textOf("${url}", {})).toBe("https://hooks.example/v1/webhooks/org/flow/hash");
    expect(textOf("${url}", delivery, { baseUrl: "https://example.org:8443//" })).toBe(
      "https://example.org:8443/v1/webhooks/org/flow/hash?q=a%2Fb&e=",
    );
    expect(textOf("${decoded_url}", { rawQuery: "q=a%2Fb%3f%40&%61=%26%20%3D" })).toBe(
      "https://hooks.example/v1/webhooks/org/flow/hash?q=a/b?@&%61=%26%20%3D",
    );
  });
});

describe("a form in the signed text", () => {
  test("is its fields by name, those of one name by value and each once", () => {
    expect(textOf("${form}", form("To=%2B1555&Body=a+b%26c&Body=&From=x"))).toBe("BodyBodya b&cFromxTo+1555");
    expect(textOf("${form}", form("A=2&A=1&A=2&a=0&%C3%A9=%E2%82%AC"))).toBe("A1A2a0é€");
  });

  test("is nothing for a body of another type, and for an empty one", () => {
    expect(textOf("${form}", { body: "A=1" })).toBe("");
    expect(textOf("${form}", { ...form("A=1"), headers: { "content-type": "text/plain" } })).toBe("");
    expect(textOf("${form}", form(""))).toBe("");
  });

  test("is never empty for a body that is not: bytes that are no UTF-8 are signed as U+FFFD", () => {
    expect(textOf("${form}", form(Buffer.from([0x41, 0x3d, 0xff])))).toBe("A\ufffd");
  });
});

describe("a template of signed text", () => {
  test.each([
    "${body}",
    "v0:${timestamp}:${body}",
    "${query}${query.a}",
    "${json.a.0}${headers.x-y}",
    "plain",
    "",
  ])("may be %j", (text) => expect(() => checkSignedText(text)).not.toThrow());

  test.each([
    ["${env:SECRET}", "is no part of a request"],
    ["${secret}", "is no part of a request"],
    ["${__proto__}", "is no part of a request"],
    ["${toString}", "is no part of a request"],
    ["${body.a}", "body has no parts, write ${body}"],
    ["${headers}", "name one, as in headers.x"],
    ["${json}", "name one, as in json.x"],
    ["${body", "is never closed"],
  ])("may not be %j", (text, message) => {
    expect(() => checkSignedText(text)).toThrow(message);
  });
});
