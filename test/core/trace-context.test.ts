import { describe, expect, test } from "@jest/globals";
import { parseTrace, spanOfRun, traceHeaders, traceOf } from "../../lib/core/trace-context.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const PARENT = `00-${TRACE}-${SPAN}-01`;
const RUN = "019b7ca9-8c88-7c3b-87cf-3c25632b9240";

const eventWith = (headers: { readonly [name: string]: string }) => ({
  request: { method: "POST", path: "/", query: {}, headers, received_at: "", delivery_id: "" },
});

describe("traceparent", () => {
  test("is read as the standard writes it", () => {
    expect(parseTrace(PARENT)).toEqual({ traceId: TRACE, parentId: SPAN, flags: "01" });
    expect(parseTrace(`00-${TRACE}-${SPAN}-00`)?.flags).toBe("00");
    expect(parseTrace(`00-${TRACE}-${SPAN}-ff`)?.flags).toBe("03");
  });

  test("of a later version is read as far as it is known", () => {
    expect(parseTrace(`cc-${TRACE}-${SPAN}-01-what-comes`)?.traceId).toBe(TRACE);
    expect(parseTrace(`cc-${TRACE}-${SPAN}-01`)?.traceId).toBe(TRACE);
  });

  test.each([
    undefined,
    7,
    "",
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE}-${SPAN}-01 `,
    ` 00-${TRACE}-${SPAN}-01`,
    `ff-${TRACE}-${SPAN}-01`,
    `0-${TRACE}-${SPAN}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${"0".repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `00-${TRACE}-${SPAN}-0x`,
    `cc-${TRACE}-${SPAN}-01more`,
    `${PARENT}, ${PARENT}`,
    `00-${TRACE}-${SPAN}-01\n`,
  ])("is none: %p", (text) => {
    expect(parseTrace(text)).toBeUndefined();
  });
});

describe("tracestate", () => {
  test.each([
    ["vendor=value", "vendor=value"],
    ["a=1 , tenant@b=2,,", "a=1,tenant@b=2"],
    ["1a@b=x y", "1a@b=x y"],
  ])("%p goes along as %p", (text, kept) => {
    expect(parseTrace(PARENT, text)?.state).toBe(kept);
  });

  test.each([
    "",
    "a",
    "A=1",
    "a=1,a=2",
    "a=b=c",
    "a=\u00e4",
    "a=x\r\nb: c",
    `a=${"x".repeat(600)}`,
    Array.from({ length: 33 }, (_none, nth) => `k${nth}=1`).join(","),
  ])("%p does not, and the trace goes on", (text) => {
    expect(parseTrace(PARENT, text)).toEqual(parseTrace(PARENT));
  });
});

describe("a run is in", () => {
  test("its sender's trace", () => {
    const trace = traceOf({ runId: RUN, event: eventWith({ traceparent: PARENT, tracestate: "a=1" }) });
    expect(traceHeaders(trace, spanOfRun(RUN))).toEqual({
      traceparent: `00-${TRACE}-87cf3c25632b9240-01`,
      tracestate: "a=1",
    });
  });

  test("a trace of its own where the sender sent none, or none that is right", () => {
    const own = { traceId: "019b7ca98c887c3b87cf3c25632b9240", flags: "01" };
    expect(traceOf({ runId: RUN, event: eventWith({}) })).toEqual(own);
    expect(traceOf({ runId: RUN, event: eventWith({ traceparent: "x", tracestate: "a=1" }) })).toEqual(own);
    expect(parseTrace(traceHeaders(own, spanOfRun(RUN)).traceparent)?.traceId).toBe(own.traceId);
  });

  test("a new one when it is a replay", () => {
    const replay = { runId: RUN, event: eventWith({ traceparent: PARENT }), replayOf: { runId: "another" } };
    expect(traceOf(replay).traceId).toBe(RUN.replaceAll("-", ""));
  });
});
