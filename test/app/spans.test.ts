import { describe, expect, test } from "@jest/globals";
import { createOtlpSpans } from "../../lib/adapters/trace/otlp-spans.ts";
import { tracedHttp } from "../../lib/adapters/trace/traced-http.ts";
import { tracedLlm } from "../../lib/adapters/trace/traced-llm.ts";
import { tracedSteps } from "../../lib/adapters/trace/traced-steps.ts";
import { operatorOf } from "../../lib/app/operator.ts";
import { replayRun } from "../../lib/app/replay-run.ts";
import { runBatch } from "../../lib/app/run-batch.ts";
import { takeMessages } from "../../lib/app/take-messages.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import { spanOfRun } from "../../lib/core/trace-context.ts";
import { tick } from "../support/inbox-messages.ts";
import { type KeptLog, keptLog } from "../support/kept-log.ts";
import { startLoopbackServer } from "../support/loopback-server.ts";
import { createWorld, runIdOf, type World, type WorldOptions } from "../support/world.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SENDER = "00f067aa0ba902b7";

interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: JsonObject }[];
  readonly status?: JsonObject;
  readonly links?: readonly JsonObject[];
}

/** A stage that sends its spans to a collector on loopback, which takes them and answers as it is told. */
async function collected(
  options: WorldOptions,
  act: (world: World) => Promise<unknown>,
  { status = 200, headers, content = false }: { status?: number; headers?: string; content?: boolean } = {},
) {
  const collector = await startLoopbackServer((_request, response) => response.writeHead(status).end("{}"));
  const log: KeptLog = keptLog();
  const spans = createOtlpSpans({
    endpoint: `${collector.origin}/`,
    headers: async () => headers,
    stage: "test",
    log,
  });
  const world = createWorld({
    ...options,
    wrapHttp: (http) => tracedHttp(http, spans),
    wrapLlm: (llm) => tracedLlm(llm, spans, { content }),
  });
  Object.assign(world.runner, { steps: tracedSteps(world.runner.steps, spans), spans });
  try {
    await act(world);
    await spans.flush();
  } finally {
    await collector.stop();
  }
  const bodies = collector.seen.map(({ body }) => JSON.parse(body));
  const sent: SentSpan[] = bodies.flatMap(({ resourceSpans: [{ scopeSpans }] }) => scopeSpans[0].spans);
  return { sent, bodies, seen: collector.seen, log, world };
}

const valuesOf = ({ attributes }: SentSpan) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
const from = (flags = "01") => ({
  headers: { "content-type": "application/json", traceparent: `00-${TRACE}-${SENDER}-${flags}` },
});
const asks: JsonObject = {
  environment: [{ name: "OPENAI_API_KEY", secret: true }],
  steps: [
    { type: "http_call", id: "look", url: "https://x.test/secret-path?token=abc" },
    {
      type: "openai_completion",
      id: "write",
      model: "gpt-4.1-mini",
      prompt: "What I was told in confidence",
    },
  ],
};
const answers: Partial<WorldOptions> = {
  secrets: { OPENAI_API_KEY: "sk-0123456789" },
  http: [{ url: "https://x.test/secret-path?token=abc", body: "x" }],
  llm: [{ text: "What I answered", usage: { input_tokens: 10, output_tokens: 4 } }],
};

describe("a collector gets", () => {
  test("the delivery below its sender's span, the run below the delivery, its steps below the run, their calls below the steps", async () => {
    const { sent, bodies, seen } = await collected({ file: asks, ...answers }, async (world) => {
      await world.post({}, from());
      await world.settle();
    });
    expect(seen.map(({ method, url }) => [method, url])).toEqual([["POST", "/v1/traces"]]);
    const [delivery, call, look, chat, write, run] = sent;
    expect(sent.map(({ name, kind }) => [name, kind])).toEqual([
      ["POST /v1/webhooks/{org_id}/{workflow_id}/{security_hash}", 2],
      ["GET", 3],
      ["http_call look", 1],
      ["chat gpt-4.1-mini", 3],
      ["openai_completion write", 1],
      ["process example", 5],
    ]);
    expect(sent.map(({ traceId }) => traceId)).toEqual(sent.map(() => TRACE));
    expect([delivery?.parentSpanId, run?.parentSpanId]).toEqual([SENDER, delivery?.spanId]);
    expect([look?.parentSpanId, write?.parentSpanId]).toEqual([run?.spanId, run?.spanId]);
    expect([call?.parentSpanId, chat?.parentSpanId]).toEqual([look?.spanId, write?.spanId]);
    expect(new Set(sent.map(({ spanId }) => spanId)).size).toBe(6);
    for (const { startTimeUnixNano, endTimeUnixNano } of sent)
      expect(BigInt(startTimeUnixNano) <= BigInt(endTimeUnixNano)).toBe(true);
    expect(bodies[0].resourceSpans[0].resource.attributes).toContainEqual({
      key: "service.name",
      value: { stringValue: "hookline" },
    });
  });

  test("OpenTelemetry's names for calls and models", async () => {
    const { sent } = await collected({ file: asks, ...answers }, async (world) => {
      await world.post({}, from());
      await world.settle();
    });
    const [delivery, call, , chat, , run] = sent.map(valuesOf);
    expect(delivery).toMatchObject({
      "http.request.method": "POST",
      "http.route": "/v1/webhooks/{org_id}/{workflow_id}/{security_hash}",
      "http.request.body.size": "2",
      "hookline.workflow": "example",
    });
    expect(call).toEqual({
      "http.request.method": "GET",
      "server.address": "x.test",
      "server.port": "443",
      "url.scheme": "https",
      "http.response.status_code": "200",
    });
    expect(chat).toMatchObject({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "gpt-4.1-mini",
      "gen_ai.usage.input_tokens": "10",
      "gen_ai.usage.output_tokens": "4",
    });
    expect(run).toMatchObject({
      "messaging.system": "aws_sqs",
      "messaging.destination.name": "hookline-test",
      "hookline.run.status": "succeeded",
    });
  });

  test("nothing of what was asked, answered or secret", async () => {
    const { seen } = await collected(
      {
        ...answers,
        file: {
          environment: [
            { name: "OPENAI_API_KEY", secret: true },
            { name: "MODEL", secret: true },
          ],
          steps: [{ type: "openai_completion", model: "${env:MODEL}", prompt: "in confidence" }],
        },
        secrets: { OPENAI_API_KEY: "sk-0123456789", MODEL: "private-model" },
      },
      async (world) => {
        await world.post({ note: "in confidence" }, from());
        await world.settle();
      },
    );
    const text = seen.map(({ body }) => body).join();
    expect(text).toContain("chat ***");
    for (const hidden of ["in confidence", "What I answered", "sk-0123456789", "private-model"])
      expect(text).not.toContain(hidden);
  });

  test("what was asked and answered where that is wanted, cut and without secrets", async () => {
    const { sent } = await collected(
      {
        ...answers,
        file: {
          environment: [{ name: "OPENAI_API_KEY", secret: true }],
          steps: [
            {
              type: "openai_completion",
              model: "gpt-4.1-mini",
              system: "You judge",
              prompt: "Judge sk-0123456789: ${text}",
            },
          ],
        },
      },
      async (world) => {
        await world.post({ text: "x".repeat(20_000) }, from());
        await world.settle();
      },
      { content: true },
    );
    const chat = valuesOf(sent.find(({ name }) => name.startsWith("chat")) as SentSpan);
    const [system, user] = JSON.parse(String(chat["gen_ai.input.messages"]));
    expect(system).toEqual({ role: "system", parts: [{ type: "text", content: "You judge" }] });
    expect(user.parts[0].content).toMatch(/^Judge \*\*\*: x+…$/);
    expect(JSON.parse(String(chat["gen_ai.output.messages"]))).toEqual([
      { role: "assistant", parts: [{ type: "text", content: "What I answered" }], finish_reason: "stop" },
    ]);
    expect(JSON.stringify(sent)).not.toContain("sk-0123456789");
  });

  test("the class of what failed, on the call, its step and the run", async () => {
    const { sent } = await collected(
      {
        file: { steps: [{ type: "http_call", url: "https://x.test/" }] },
        http: [{ url: "https://x.test/", status: 404 }],
      },
      async (world) => {
        await world.post({}, from());
        await world.settle();
      },
    );
    expect(sent.map((span) => [span.status?.code, valuesOf(span)["error.type"]])).toEqual([
      [undefined, undefined],
      [2, "404"],
      [2, "client_error"],
      [2, "client_error"],
    ]);
  });

  test("of a replay a trace of its own, with a link to the run that it runs again", async () => {
    let runId = "";
    const { sent } = await collected({ file: { steps: [] } }, async (world) => {
      runId = runIdOf(await world.post({}, from()));
      await world.settle();
      const { hash } = await world.run(runId);
      await replayRun(operatorOf(world.runner), runId, {
        version: { name: "example", hash, retentionDays: 30 },
      });
      await world.settle();
    });
    const [, , replay, ...more] = sent;
    expect(more).toEqual([]);
    expect(replay?.traceId).not.toBe(TRACE);
    expect(replay?.parentSpanId).toBeUndefined();
    expect(replay?.links).toEqual([{ traceId: TRACE, spanId: spanOfRun(runId) }]);
  });

  test("how long a delivery took, as its message tells; nothing of a message that came much later", async () => {
    const begin = (afterMs: number) => async (world: World) => {
      const runId = runIdOf(await world.post({}, from()));
      const { createdAt } = await world.run(runId);
      const batch = world.queue.receive(10).map((one) => ({ ...one, sentAt: createdAt + afterMs }));
      await runBatch(world.runner, batch, { deadline: world.clock.now() + 60_000 });
    };
    const tookMs = async (afterMs: number) => {
      const { sent } = await collected({ file: { steps: [] } }, begin(afterMs));
      const [delivery] = sent;
      return Number(BigInt(delivery?.endTimeUnixNano ?? 0) - BigInt(delivery?.startTimeUnixNano ?? 0)) / 1e6;
    };
    expect(await Promise.all([12, 60_000, -5].map(tookMs))).toEqual([12, 0, 0]);
  });

  test("one span of a delivery, however often its run is taken up, and none of a run that no webhook made", async () => {
    const { sent } = await collected(
      {
        file: {
          steps: [{ type: "http_call", url: "https://x.test/" }],
        },
        http: [
          { url: "https://x.test/", status: 503 },
          { url: "https://x.test/", status: 200 },
        ],
      },
      async (world) => {
        await world.post({}, from());
        await world.settle();
      },
    );
    expect(sent.filter(({ kind }) => kind === 2)).toHaveLength(1);
    const scheduled = await collected(
      { file: { input: { type: "cron", cron: "0 3 * * *" }, steps: [] } },
      async (world) => {
        await takeMessages(world.inbox, [tick(new Date(world.clock.now()).toISOString())]);
        await world.settle();
      },
    );
    expect(scheduled.sent.map(({ kind, parentSpanId }) => [kind, parentSpanId])).toEqual([[5, undefined]]);
  });

  test("the headers that it asks for", async () => {
    const act = async (world: World) => {
      await world.post({});
      await world.settle();
    };
    const { seen } = await collected({ file: { steps: [] } }, act, { headers: "api-key=a%20b, x=1" });
    expect(seen[0]?.headers).toMatchObject({ "api-key": "a b", x: "1", "content-type": "application/json" });
  });
});

test("a trace that its sender does not keep is sent to nobody, and nothing is asked then", async () => {
  const { seen } = await collected({ file: { steps: [] } }, async (world) => {
    await world.post({}, from("00"));
    await world.settle();
  });
  expect(seen).toEqual([]);
});

test("a collector that refuses costs its spans and says so, without what may hold a secret", async () => {
  const { world, log } = await collected(
    { file: { steps: [] } },
    async (one) => {
      await one.post({});
      await one.settle();
    },
    { status: 500, headers: "api-key=hidden-value" },
  );
  expect(await world.store.due(Number.POSITIVE_INFINITY, 10)).toEqual([]);
  expect(log.lines).toEqual([
    { level: "warn", message: "spans are lost: Error", fields: { spans: 2, left_out: 0 }, context: {} },
  ]);
});

test("an invocation sends at most 2,000 spans, and says how many it left out when they are lost", async () => {
  const log = keptLog();
  const spans = createOtlpSpans({
    endpoint: "http://127.0.0.1:1",
    headers: async () => undefined,
    stage: "test",
    log,
  });
  for (let nth = 0; nth < 2_010; nth += 1)
    spans.record({
      trace: { traceId: TRACE, flags: "01" },
      spanId: SENDER,
      name: "x",
      kind: "internal",
      from: 1,
      to: 2,
      attributes: {},
    });
  await spans.flush();
  expect(log.lines[0]?.fields).toEqual({ spans: 2_000, left_out: 10 });
});
