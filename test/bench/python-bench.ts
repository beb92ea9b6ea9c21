import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { formatRequest } from "../../lib/adapters/python/python-answer.ts";
import { createPython } from "../../lib/adapters/python/python-pool.ts";
import { spawnPython } from "../../lib/adapters/python/spawn-python.ts";
import { median } from "./statistics.ts";

const STARTS = 9;
const CALLS = 200;
const RUNS = 10;
const CODE = "def process(event): return {**event, 'n': len(event['text'])}";
/** 10 kB as JSON. */
const STATE = { text: "x".repeat(5_000), list: Array.from({ length: 500 }, (_, at) => `item ${at}`) };

/** What Python costs. */
export interface PythonFigures {
  readonly firstMs: number;
  readonly laterMs: number;
  readonly residentMb: number;
  readonly runsAtOnceMs: number;
  readonly folderMb: number;
  readonly zippedMb: number;
}

/** Measures the files that the build put beside the runner; runs at once go through the pool. */
export async function benchPython(folder: string): Promise<PythonFigures> {
  const starts: number[] = [];
  const calls: number[] = [];
  let residentMb = Number.NaN;
  for (let start = 0; start < STARTS; start += 1) {
    const session = await startSession(folder);
    starts.push(session.firstMs);
    if (start === 0) {
      for (let call = 0; call < CALLS; call += 1) calls.push(await session.call());
      residentMb = session.residentMb();
    }
    await session.end();
  }
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  return {
    firstMs: median(starts),
    laterMs: median(calls),
    residentMb,
    runsAtOnceMs: await runsAtOnce(),
    folderMb: files.reduce((sum, { length }) => sum + length, 0) / 1e6,
    zippedMb: files.reduce((sum, file) => sum + deflateRawSync(file).length, 0) / 1e6,
  };
}

async function startSession(folder: string) {
  const [child = "", boot = "", snapshot = ""] = ["child.mjs", "boot.py", "snapshot.bin"].map((name) =>
    join(folder, name),
  );
  const started = performance.now();
  const process = spawnPython({ child, boot, snapshot, pyodide: folder }, "serve");
  let words = "";
  process.stderr.on("data", (part: Buffer) => {
    words += part.toString();
  });
  const ended = once(process, "close").then(([code, signal]) => {
    throw new Error(`Python ended before it answered (${signal ?? code}): ${words}`);
  });
  ended.catch(() => {});
  const data = () => Promise.race([once(process.stdout, "data"), ended]);
  await data();
  const line = formatRequest({ runId: "bench", code: CODE, input: STATE, env: {}, timeoutMs: 10_000 });
  const call = async () => {
    const asked = performance.now();
    process.stdin.write(`10000 ${line}\n`);
    for (let text = ""; !text.endsWith("\n"); ) text += String((await data())[0]);
    return performance.now() - asked;
  };
  await call();
  return {
    firstMs: performance.now() - started,
    call,
    residentMb() {
      const status = readFileSync(`/proc/${process.pid}/status`, "utf8");
      return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1000;
    },
    async end() {
      process.kill("SIGKILL");
      await once(process, "close");
    },
  };
}

/** From the first call to the last result of runs that call Python once, more than interpreters may live. */
async function runsAtOnce(): Promise<number> {
  const python = createPython();
  const started = performance.now();
  await Promise.all(
    Array.from({ length: RUNS }, async (_, run) => {
      const runId = `run-${run}`;
      await python.run({ runId, code: CODE, input: STATE, env: {}, timeoutMs: 60_000 });
      python.endRun(runId);
    }),
  );
  const ms = performance.now() - started;
  await python.close();
  return ms;
}
