import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { createPython } from "../../lib/adapters/python/python-pool.ts";
import { pythonContract } from "./python-contract.ts";

const POOL = fileURLToPath(new URL("../../lib/adapters/python/python-pool.ts", import.meta.url));

pythonContract("Python in child processes", () => createPython());

test("an idle interpreter does not keep its process alive, nor outlives it", async () => {
  const script = `
    const { createPython } = await import(${JSON.stringify(POOL)});
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

test("a process with nothing else to do waits until an interpreter has ended in whose place another one may start", async () => {
  const script = `
    const { createPython } = await import(${JSON.stringify(POOL)});
    const python = createPython({ spare: false });
    for (const runId of ["1", "2", "3", "4", "5"])
      await python.run({ runId, code: "def process(e): return e", input: 1, env: {}, timeoutMs: 10_000 });
    console.log("all of them");`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
  expect(stdout).toBe("all of them\n");
});

const onLinux = process.platform === "linux";

(onLinux ? describe : describe.skip)("memory that interpreters share", () => {
  const MB = 1024 * 1024;
  const HOARD = `
import sys, time
def process(megabytes):
  seen = hasattr(sys, "hoard")
  sys.hoard = bytearray(megabytes * 1_000_000)
  time.sleep(0.3)  # the watch looks every 50 ms, and only while somebody works
  return seen
`;
  // An interpreter holds 200 to 220 MB: the limit lies 90 MB above one with its hoard, and as far below two of which one
  // has a hoard.
  const pool = () => {
    const python = createPython({ spare: false, memory: { each: 720 * MB, all: 610 * MB } });
    const call = (runId: string, megabytes: number) =>
      python.run({ runId, code: HOARD, input: megabytes, env: {}, timeoutMs: 10_000 });
    return { call, close: python.close };
  };

  test("an idle run that holds the most gives up its interpreter and is served by another one", async () => {
    const { call, close } = pool();
    expect(await call("idle", 300)).toEqual({ printed: [], value: false });
    expect(await call("small", 1)).toEqual({ printed: [], value: false });
    expect(await call("idle", 1)).toEqual({ printed: [], value: false });
    expect(await call("small", 1)).toEqual({ printed: [], value: true });
    await close();
  });

  test("a call that takes the most fails, the others go on", async () => {
    const { call, close } = pool();
    expect(await call("small", 1)).toEqual({ printed: [], value: false });
    await expect(call("greedy", 350)).rejects.toMatchObject({
      class: "code_error",
      message: expect.stringContaining("more memory than it may have"),
    });
    expect(await call("small", 1)).toEqual({ printed: [], value: true });
    await close();
  });
});

test("runs with many calls give way to one that waits", async () => {
  const python = createPython({ spare: false, turnMs: 100 });
  const sleep = "import time\ndef process(e): time.sleep(0.1)";
  let open = 0;
  const call = async (runId: string, code: string) => {
    open += 1;
    await python.run({ runId, code, input: 1, env: {}, timeoutMs: 10_000 });
    open -= 1;
  };
  const many = [0, 1, 2, 3].flatMap((run) => Array.from({ length: 30 }, () => call(`many-${run}`, sleep)));
  await call("one", "def process(e): return e");
  expect(open).toBeGreaterThan(40);
  const ended = Promise.allSettled(many);
  await python.close();
  await ended;
});

/** Runs until it is killed; Linux tells of a process that has ended though nobody took note. */
function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}

(onLinux ? test : test.skip)(
  "an interpreter whose process was killed in the middle of a call ends with the call's time at the latest",
  async () => {
    const script = `
      import { readFileSync } from "node:fs";
      const { createPython } = await import(${JSON.stringify(POOL)});
      const python = createPython({ spare: false });
      const call = { runId: "a", input: 1, env: {}, timeoutMs: 1_000 };
      await python.run({ ...call, code: "def process(e): return e" });
      const children = readFileSync("/proc/self/task/" + process.pid + "/children", "utf8").trim();
      python.run({ ...call, code: "def process(e):\\n  while True:\\n    try:\\n      while True: pass\\n    except BaseException: pass" });
      console.log(children);`;
    const parent = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(createInterface({ input: parent.stdout }), "line");
    const child = Number(line);
    expect(isRunning(child)).toBe(true);
    parent.kill("SIGKILL");
    await once(parent, "exit");
    const deadline = performance.now() + 10_000;
    while (isRunning(child) && performance.now() < deadline)
      await new Promise((resolve) => setImmediate(resolve));
    const survived = isRunning(child);
    if (survived) process.kill(child, "SIGKILL");
    expect(survived).toBe(false);
  },
);
