import { describe, expect, test } from "@jest/globals";
import { tracedHttp } from "../../lib/adapters/trace/traced-http.ts";
import { tracedSteps } from "../../lib/adapters/trace/traced-steps.ts";
import { describeRun } from "../../lib/app/describe-run.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import type { Http, HttpRequest } from "../../lib/core/ports/http.ts";
import { parseTrace, spanOfRun } from "../../lib/core/trace-context.ts";
import { createWorld, runIdOf, type WorldOptions } from "../support/world.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;
const call = (id: string, more: JsonObject = {}): JsonObject => ({
  type: "http_call",
  id,
  url: `https://x.test/${id}`,
  ...more,
});

/** A stage whose calls are traced as the runner's are, and the requests that left it. */
function tracedWorld(options: WorldOptions) {
  const sent: HttpRequest[] = [];
  const world = createWorld({
    ...options,
    wrapHttp: (http: Http) =>
      tracedHttp({
        send(request) {
          sent.push(request);
          return http.send(request);
        },
      }),
  });
  Object.assign(world.runner, { steps: tracedSteps(world.runner.steps) });
  const traces = () => sent.map(({ headers }) => parseTrace(headers.traceparent, headers.tracestate));
  return { world, sent, traces };
}

const ok = (id: string): JsonObject => ({ url: `https://x.test/${id}`, body: "x" });
const from = (headers: { readonly [name: string]: string }) => ({
  headers: { "content-type": "application/json", ...headers },
});

describe("a call carries", () => {
  test("the sender's trace and state, each call as a span of its own", async () => {
    const { world, traces } = tracedWorld({
      file: { steps: [call("a"), call("b")] },
      http: [ok("a"), ok("b")],
    });
    await world.post({}, from({ traceparent: TRACEPARENT, tracestate: "vendor=1" }));
    await world.settle();
    const [a, b] = traces();
    expect([a?.traceId, b?.traceId]).toEqual([TRACE, TRACE]);
    expect([a?.state, b?.state]).toEqual(["vendor=1", "vendor=1"]);
    expect(new Set([a?.parentId, b?.parentId, "00f067aa0ba902b7"]).size).toBe(3);
  });

  test("a trace that begins with the run where none came, or what came is none", async () => {
    for (const headers of [{}, { traceparent: `${TRACEPARENT}-x` }]) {
      const { world, traces } = tracedWorld({ file: { steps: [call("a")] }, http: [ok("a")] });
      const runId = runIdOf(await world.post({}, from(headers)));
      await world.settle();
      expect(traces()[0]?.traceId).toBe(runId.replaceAll("-", ""));
    }
  });

  test("another span on each attempt", async () => {
    const { world, traces } = tracedWorld({
      file: { steps: [call("a", { retries: 1, backoff_seconds: 1 })] },
      http: [{ url: "https://x.test/a", answers: [{ status: 503 }, { body: "x" }] }],
    });
    await world.post({}, from({ traceparent: TRACEPARENT }));
    await world.settle();
    const spans = traces().map((trace) => trace?.parentId);
    expect(spans).toHaveLength(2);
    expect(spans[0]).not.toBe(spans[1]);
  });

  test("what the file says, where it says something", async () => {
    const { world, sent } = tracedWorld({
      file: { steps: [call("a", { headers: { Traceparent: "mine" } })] },
      http: [ok("a")],
    });
    await world.post({}, from({ traceparent: TRACEPARENT }));
    await world.settle();
    expect(Object.entries(sent[0]?.headers ?? {}).filter(([name]) => /^trace/i.test(name))).toEqual([
      ["Traceparent", "mine"],
    ]);
  });

  test("the trace of the run that started its run, which is the span it came of", async () => {
    const { world, traces } = tracedWorld({
      file: { steps: [{ type: "run_workflow", name: "inner" }] },
      workflows: { inner: { steps: [call("a")] } },
      http: [ok("a")],
    });
    const runId = runIdOf(await world.post({}, from({ traceparent: TRACEPARENT })));
    await world.settle();
    expect(traces()[0]?.traceId).toBe(TRACE);
    const child = (await world.run(runId)).journal.flatMap(({ children = [] }) => children)[0] ?? "";
    const came = (await world.run(child)).event.request.headers.traceparent;
    expect(parseTrace(came)).toEqual({ traceId: TRACE, parentId: spanOfRun(runId), flags: "01" });
  });

  test("the same trace from every chunk of a loop", async () => {
    const { world, traces } = tracedWorld({
      file: {
        steps: [
          { type: "for_each", mode: "distributed", chunk_size: 1, input_from: "list", steps: [call("a")] },
        ],
      },
      http: [{ ...ok("a"), times: 3 }],
    });
    await world.post({ list: [1, 2, 3] }, from({ traceparent: TRACEPARENT }));
    await world.settle();
    expect(traces().map((trace) => trace?.traceId)).toEqual([TRACE, TRACE, TRACE]);
    expect(new Set(traces().map((trace) => trace?.parentId)).size).toBe(3);
  });
});

test("the trace's id stands on every log line of the run, and in what runs show prints", async () => {
  const { world } = tracedWorld({
    file: { steps: [{ type: "print", text: "hello" }] },
  });
  const runId = runIdOf(await world.post({}, from({ traceparent: TRACEPARENT })));
  await world.settle();
  const lines = world.log.lines.filter(({ fields, context }) => (context.run_id ?? fields?.run_id) === runId);
  expect(lines.length).toBeGreaterThanOrEqual(3);
  for (const { fields, context } of lines) expect(context.trace_id ?? fields?.trace_id).toBe(TRACE);
  expect(describeRun(await world.run(runId)).trace_id).toBe(TRACE);
});
