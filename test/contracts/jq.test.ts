import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { openJqSession } from "../../lib/adapters/jq-session.ts";
import { createJq } from "../../lib/adapters/jq-worker-pool.ts";
import { jsonDepth } from "../../lib/adapters/json-depth.ts";
import { jqContract } from "./jq-contract.ts";

jqContract("jq in workers", createJq);

test("an idle worker does not keep its process alive", async () => {
  const module = fileURLToPath(new URL("../../lib/adapters/jq-worker-pool.ts", import.meta.url));
  const script = `
    const { createJq } = await import(${JSON.stringify(module)});
    const jq = createJq();
    await jq.warm();
    const call = (program) => jq.run({ runId: "r", program, input: 1, bindings: {}, timeoutMs: 10_000 });
    await call("[range(1e9)]");
    console.log(JSON.stringify((await call(". + 1")).results));`;
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "--eval", script],
    { timeout: 15_000 },
  );
  expect({ stdout, stderr }).toEqual({ stdout: "[2]\n", stderr: "" });
});

test("the call behind a program that did not end finds a worker ready", async () => {
  let started = 0;
  const jq = createJq(() => {
    started += 1;
    return openJqSession();
  });
  const call = (program: string, timeoutMs: number) =>
    jq.run({ runId: "r", program, input: 1, bindings: {}, timeoutMs });
  await call(".", 10_000);
  expect(started).toBe(1);
  for (const round of [1, 2, 3]) {
    await expect(call("def f: f; f", 200)).rejects.toMatchObject({ class: "timeout" });
    expect(started).toBe(1 + round);
    expect(await call(". + 1", 10_000)).toMatchObject({ results: [2] });
    expect(started).toBe(1 + round);
  }
  await jq.close();
});

test("a worker that cannot be started fails the programs that wait for it, and the next one tries again", async () => {
  let isBroken = true;
  const jq = createJq(() => (isBroken ? Promise.reject(new Error("no threads left")) : openJqSession()));
  const call = () => jq.run({ runId: "r", program: ".", input: 1, bindings: {}, timeoutMs: 10_000 });
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
