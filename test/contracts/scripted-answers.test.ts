import { describe, expect, test } from "@jest/globals";
import { parseScript } from "../../lib/adapters/scripted/script.ts";
import { scriptedHttp } from "../../lib/adapters/scripted/scripted-http.ts";
import { scriptedLlm } from "../../lib/adapters/scripted/scripted-llm.ts";
import type { Http } from "../../lib/core/ports/http.ts";
import type { ChatRequest } from "../../lib/core/ports/llm.ts";
import { virtualClock } from "../../lib/testing/virtual-clock.ts";

const request = (url: string, method = "GET") => ({ method, url, headers: {} });
const chat = (model: string, more: Partial<ChatRequest> = {}): ChatRequest => ({
  provider: "openai",
  apiKey: "k",
  model,
  messages: [{ role: "user", content: "Hi" }],
  idempotencyKey: "i",
  ...more,
});
const http = (rules: object[], fallback?: Http) => {
  const script = parseScript({ http: rules });
  return { ...scriptedHttp(script, { fallback, clock: virtualClock() }), unused: () => script.unused() };
};
const llm = (answers: object[]) => {
  const script = parseScript({ llm: answers });
  return { ...scriptedLlm(script, { clock: virtualClock() }), unused: () => script.unused() };
};
const statuses = async (port: Http, urls: string[]) => {
  const seen: number[] = [];
  for (const url of urls) seen.push((await port.send(request(url))).status);
  return seen;
};

describe("which rule answers", () => {
  test.each([
    ["https://a.test/x", "https://a.test/x"],
    ["https://a.test/x", "https://a.test/x?y=1#z"],
    ["https://a.test/x?y=1", "https://a.test/x?y=1"],
    ["https://a.test/*", "https://a.test/x/y?z=1"],
    ["*", "https://a.test/x"],
    ["https://*.test/x", "https://a.test/x?y=1"],
  ])("%s matches %s", async (url, asked) => {
    expect(await statuses(http([{ url, status: 201 }]), [asked])).toEqual([201]);
  });

  test.each([
    ["https://a.test/x", "https://a.test/xy"],
    ["https://a.test/x?y=1", "https://a.test/x?y=2"],
    ["https://a.test/x.y", "https://a.test/xzy"],
    ["a.test", "https://a.test/"],
  ])("%s does not match %s", async (url, asked) => {
    await expect(statuses(http([{ url }]), [asked])).rejects.toThrow("is not scripted");
  });

  test("the method counts when it is given", async () => {
    const port = http([
      { method: "post", url: "*", status: 201 },
      { url: "*", status: 202 },
    ]);
    expect((await port.send(request("https://a.test"))).status).toBe(202);
    expect((await port.send(request("https://a.test", "POST"))).status).toBe(201);
  });

  test("the first rule whose answers are not used up answers", async () => {
    const port = http([
      { url: "*", status: 201, times: 2 },
      { url: "*", status: 202 },
    ]);
    expect(await statuses(port, ["u:1", "u:2", "u:3", "u:4"])).toEqual([201, 201, 202, 202]);
  });
});

describe("answers of one rule", () => {
  test("are given in order, and the last one repeats", async () => {
    const port = http([{ url: "*", answers: [{ status: 500, times: 2 }, { status: 503 }, { status: 200 }] }]);
    expect(await statuses(port, ["u:", "u:", "u:", "u:", "u:"])).toEqual([500, 500, 503, 200, 200]);
  });

  test("end where the last says how often", async () => {
    const port = http([{ url: "*", answers: [{ status: 500 }, { status: 200, times: 1 }] }]);
    await expect(statuses(port, ["u:", "u:", "u:"])).rejects.toThrow("GET u: is not scripted. Scripted: * *");
  });

  test("begin again as often as the rule says", async () => {
    const port = http([
      { url: "*", times: 2, answers: [{ status: 500 }, { status: 200 }] },
      { url: "*", status: 404 },
    ]);
    expect(await statuses(port, ["u:", "u:", "u:", "u:", "u:"])).toEqual([500, 200, 500, 200, 404]);
  });
});

describe("what an answer holds", () => {
  test("data is JSON and says so", async () => {
    const { headers, body } = await http([{ url: "*", body: { a: 1 }, headers: { "X-N": 2 } }]).send(
      request("u:"),
    );
    expect(headers).toEqual({ "content-type": "application/json", "x-n": "2" });
    expect(new TextDecoder().decode(body)).toBe('{"a":1}');
  });

  test("text has no type but the script's", async () => {
    expect(await http([{ url: "*", body: "ok" }]).send(request("u:"))).toEqual({
      status: 200,
      headers: {},
      body: new TextEncoder().encode("ok"),
    });
  });

  test("an error is thrown as its class", async () => {
    await expect(http([{ url: "*", error: "blocked_address" }]).send(request("u:"))).rejects.toMatchObject({
      name: "FlowError",
      class: "blocked_address",
    });
  });

  test("a delay takes its time", async () => {
    const clock = virtualClock(0);
    const port = scriptedHttp(parseScript({ http: [{ url: "*", delay_seconds: 2.5 }] }), { clock });
    await port.send(request("u:"));
    expect(clock.now()).toBe(2500);
  });

  test("a delay longer than the request's limit is a timeout at the limit", async () => {
    const clock = virtualClock(0);
    const port = scriptedHttp(parseScript({ http: [{ url: "*", delay_seconds: 60 }] }), { clock });
    await expect(port.send({ ...request("u:"), timeoutMs: 3000 })).rejects.toMatchObject({
      class: "timeout",
    });
    expect(clock.now()).toBe(3000);
  });

  test("a signal ends the wait", async () => {
    const controller = new AbortController();
    const asked = http([{ url: "*", delay_seconds: 60 }]).send({
      ...request("u:"),
      signal: controller.signal,
    });
    controller.abort();
    await expect(asked).rejects.toMatchObject({ class: "cancelled" });
  });
});

describe("calls and leftovers", () => {
  test("every request is kept, its body as JSON where it is, header names in lower case", async () => {
    const port = http([{ url: "*" }]);
    await port.send({
      method: "POST",
      url: "https://a.test",
      headers: { "X-A": "1" },
      body: '{"a":9007199254740993}',
    });
    await port.send({
      method: "POST",
      url: "https://a.test",
      headers: {},
      body: new TextEncoder().encode("a=b"),
    });
    await port.send(request("https://a.test"));
    expect(port.calls).toEqual([
      {
        method: "POST",
        url: "https://a.test",
        headers: { "x-a": "1" },
        body: { a: JSON.rawJSON("9007199254740993") },
      },
      { method: "POST", url: "https://a.test", headers: {}, body: "a=b" },
      { method: "GET", url: "https://a.test", headers: {} },
    ]);
  });

  test("answers that nobody asked for are named", async () => {
    const port = http([
      { url: "https://a.test", method: "GET" },
      { url: "https://b.test", answers: [{ status: 500, times: 3 }, {}] },
      { url: "https://c.test" },
    ]);
    await port.send(request("https://a.test"));
    await port.send(request("https://b.test"));
    expect(port.unused()).toEqual([
      "* https://b.test: answer 1 of 2 was given 1 of 3 times",
      "* https://b.test: answer 2 of 2 was given 0 of 1 times",
      "* https://c.test: answer 1 of 1 was given 0 of 1 times",
    ]);
  });

  test("an unscripted request goes to the fallback", async () => {
    const port = http([{ url: "https://a.test" }], http([{ url: "*", status: 299 }]));
    expect(await statuses(port, ["https://a.test", "https://b.test"])).toEqual([200, 299]);
    expect(port.calls).toHaveLength(2);
  });

  test("an unscripted request says what is scripted", async () => {
    await expect(http([]).send(request("u:"))).rejects.toThrow("GET u: is not scripted. Scripted: nothing");
    await expect(llm([{ model: "a", text: "A" }]).complete(chat("b"))).rejects.toThrow(
      "a request to the model b is not scripted. Scripted: llm a",
    );
  });
});

describe("a scripted model", () => {
  test("answers in order, and the last answer repeats", async () => {
    const port = llm([{ text: "A" }, { text: "B", times: 2 }, { text: "C" }]);
    const texts: string[] = [];
    for (let index = 0; index < 5; index += 1) texts.push((await port.complete(chat("m"))).text);
    expect(texts).toEqual(["A", "B", "B", "C", "C"]);
  });

  test("keeps the answers for a model to that model", async () => {
    const port = llm([
      { model: "a", text: "A" },
      { model: "b", text: "B" },
    ]);
    expect((await port.complete(chat("b"))).text).toBe("B");
    expect((await port.complete(chat("a"))).text).toBe("A");
    expect(port.unused()).toEqual([]);
  });

  test("gives usage and finish as scripted, and zeros where nothing is", async () => {
    const port = llm([{ text: "A", finish: "length", usage: { output_tokens: 3, cost_usd: 0.5 } }]);
    expect(await port.complete(chat("m"))).toEqual({
      text: "A",
      finish: "length",
      usage: {
        model: "m",
        input_tokens: 0,
        cached_tokens: 0,
        output_tokens: 3,
        reasoning_tokens: 0,
        cost_usd: 0.5,
      },
    });
  });

  test("a cost that the script leaves out is that of the price table, null for a model it does not know", async () => {
    const usage = { input_tokens: 1_000_000, output_tokens: 1_000_000 };
    const costs = ["gpt-4.1-mini", "m"].map(async (model) => {
      return (await llm([{ text: "A", usage }]).complete(chat(model))).usage.cost_usd;
    });
    expect(await Promise.all(costs)).toEqual([2, null]);
  });

  test("gives vectors to those who ask for them, and texts to the others", async () => {
    const port = llm([{ text: "A" }, { vectors: [[1, 2]] }]);
    const { messages: _none, ...asked } = chat("m");
    const { vectors } = await port.embed({ ...asked, texts: ["a"], encodingFormat: "float" });
    expect(vectors).toEqual([[1, 2]]);
    expect((await port.complete(chat("m"))).text).toBe("A");
    expect(port.unused()).toEqual([]);
  });

  test("throws a scripted error and keeps what was asked", async () => {
    const port = llm([{ error: "rate_limited" }]);
    await expect(port.complete(chat("m", { maxTokens: 5, temperature: 0 }))).rejects.toMatchObject({
      class: "rate_limited",
    });
    expect(port.calls).toEqual([
      {
        provider: "openai",
        model: "m",
        messages: [{ role: "user", content: "Hi" }],
        temperature: 0,
        max_tokens: 5,
        api_key: "k",
      },
    ]);
  });
});

test.each([
  [[], "expected object"],
  [{ http: [{}] }, "http.0.url"],
  [{ http: [{ url: "*", stats: 200 }] }, "stats"],
  [{ http: [{ url: "*", error: "boom" }] }, "http.0.error"],
  [{ http: [{ url: "*", status: 200, answers: [{}] }] }, "a rule with answers"],
  [{ http: [{ url: "*", answers: [] }] }, "http.0.answers"],
  [{ llm: [{}] }, "a text, vectors or an error"],
  [{ llm: [{ text: "A", error: "timeout" }] }, "a text, vectors or an error"],
  [{ llm: [{ text: "A", vectors: [] }] }, "a text, vectors or an error"],
])("%j is no script", (document, message) => {
  expect(() => parseScript(document)).toThrow(message);
});
