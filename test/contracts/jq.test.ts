import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, jest, test } from "@jest/globals";
import * as fc from "fast-check";
import { type JqSession, openJqSession } from "../../lib/adapters/jq/jq-session.ts";
import { createJq } from "../../lib/adapters/jq/jq-worker-pool.ts";
import { jsonDepth } from "../../lib/core/json-depth.ts";
import { jqContract } from "./jq-contract.ts";

jqContract("jq in workers", createJq);

test("an idle worker does not keep its process alive, nor does its time zone show", async () => {
  const module = fileURLToPath(new URL("../../lib/adapters/jq/jq-worker-pool.ts", import.meta.url));
  const script = `
    const { createJq } = await import(${JSON.stringify(module)});
    const jq = createJq();
    await jq.warm();
    const call = (program) => jq.run({ runId: "r", program, input: 1, bindings: {}, now: 0, timeoutMs: 10_000 });
    await call("[range(1e9)]");
    console.log(JSON.stringify((await call(". + 1, (0 | localtime)[3]")).results));`;
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "--eval", script],
    { timeout: 15_000, env: { ...process.env, TZ: "America/New_York" } },
  );
  expect({ stdout, stderr }).toEqual({ stdout: "[2,0]\n", stderr: "" });
});

test("a program that does not end has a spare worker started, which the next call finds", async () => {
  const served: JqSession[] = [];
  const ready: JqSession[] = [];
  const spare = Promise.withResolvers<void>();
  const jq = createJq(async () => {
    const session = await openJqSession();
    const watched: JqSession = {
      ...session,
      evaluate(task, signal) {
        served.push(watched);
        return session.evaluate(task, signal);
      },
    };
    ready.push(watched);
    if (ready.length > 1) spare.resolve();
    return watched;
  });
  const call = (program: string, signal?: AbortSignal) =>
    jq.run({
      runId: "r",
      program,
      input: 1,
      bindings: {},
      now: 0,
      timeoutMs: 60_000,
      ...(signal && { signal }),
    });
  const endless = new AbortController();
  const stuck = call("def f: f; f", endless.signal);
  await spare.promise;
  const readyBefore = [...ready];
  endless.abort();
  await expect(stuck).rejects.toMatchObject({ class: "cancelled" });
  expect(await call(". + 1")).toMatchObject({ results: [2] });
  expect(served).toHaveLength(2);
  expect(served[1]).not.toBe(served[0]);
  expect(readyBefore).toContain(served[1]);
  await jq.close();
});

test("a worker that cannot be started fails the programs that wait for it, and the next one tries again", async () => {
  let isBroken = true;
  const jq = createJq(() => (isBroken ? Promise.reject(new Error("no threads left")) : openJqSession()));
  const call = () => jq.run({ runId: "r", program: ".", input: 1, bindings: {}, now: 0, timeoutMs: 10_000 });
  await expect(call()).rejects.toThrow("no threads left");
  isBroken = false;
  expect(await call()).toMatchObject({ results: [1] });
  await jq.close();
});

test("a worker that is ready before it is needed can be closed without a call", async () => {
  const jq = createJq();
  await jq.warm();
  await jq.close();
});

test("no worker is started once jq is closed, however long those that live take to end", async () => {
  let opened = 0;
  const timers = jest.useFakeTimers();
  const stopped = Promise.withResolvers<never>();
  const hasEnded = Promise.withResolvers<void>();
  const jq = createJq(async () => {
    opened += 1;
    return { isAlive: () => false, evaluate: () => stopped.promise, end: () => hasEnded.promise };
  });
  const request = { runId: "r", program: ".", input: 1, bindings: {}, now: 0, timeoutMs: 10_000 };
  await jq.warm();
  const all = Promise.allSettled([jq.run(request), jq.run({ ...request, runId: "s" })]);
  const closing = jq.close();
  await timers.advanceTimersByTimeAsync(1_000);
  stopped.reject(new Error("ended"));
  hasEnded.resolve();
  await Promise.all([closing, all]);
  jest.useRealTimers();
  expect(opened).toBe(1);
});

test("the depth of JSON text is how deep its lists and objects nest", () => {
  const depthOf = (value: unknown): number =>
    typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
  void fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      expect(jsonDepth(JSON.stringify(value))).toBe(depthOf(value));
    }),
  );
  expect(jsonDepth('"[[\\"[["')).toBe(0);
  expect(jsonDepth('{"\\\\":["[{"]}')).toBe(2);
});
