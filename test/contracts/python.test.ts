import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import { createPython } from "../../lib/adapters/python/python-pool.ts";
import { pythonContract } from "./python-contract.ts";

pythonContract("Python in child processes", () => createPython());

test("an idle interpreter does not keep its process alive, nor outlives it", async () => {
  const module = fileURLToPath(new URL("../../lib/adapters/python/python-pool.ts", import.meta.url));
  const script = `
    const { createPython } = await import(${JSON.stringify(module)});
    const python = createPython({ spare: false });
    const call = { runId: "a", code: "def process(e): return e + 1", input: 1, env: {}, timeoutMs: 10_000 };
    console.log(JSON.stringify(await python.run(call)));`;
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "--eval", script],
    { timeout: 15_000 },
  );
  expect({ stdout, stderr }).toEqual({ stdout: '{"printed":[],"value":2}\n', stderr: "" });
});
