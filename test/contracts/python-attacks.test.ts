import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import * as z from "zod";
import { formatRequest, parseAnswer } from "../../lib/adapters/python/python-answer.ts";
import { createPython } from "../../lib/adapters/python/python-pool.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { JsonObject } from "../../lib/core/json.ts";

const attacks = z
  .array(
    z.strictObject({
      name: z.string(),
      code: z.string(),
      /** What must be in the outcome: the wall it ran into. */
      shows: z.string(),
      /** It breaks its interpreter, or may: it gets one of its own. */
      alone: z.boolean().default(false),
      /** Made so often in one run; the last answer counts. */
      calls: z.number().default(1),
      /** What it gets, or does, where nothing stands in its way. */
      open: z.enum(["canary", "file", "connection", "killed"]).optional(),
      timeoutMs: z.number().default(120_000),
    }),
  )
  .parse(parse(readFileSync(new URL("python-attacks.yaml", import.meta.url), "utf8")));

type Attack = (typeof attacks)[number];

/** Undoes the hiding of names, and digs out everything of JavaScript that Python can hold. */
const PRELUDE = `
import gc, os, sys
sys.meta_path[:] = [one for one in sys.meta_path if getattr(one, "__name__", "") != "NotHere"]
import _pyodide_core as core
modules = {name: found for one in gc.get_objects() if type(one).__name__ == "JsFinder" for name, found in one.jsproxies.items()}
js, pyodide, list_ = modules["js"], modules["pyodide_js"], core.to_js([1])
sys.modules.update(modules)
import ctypes
def attempt(what, *arguments):
    try:
        return repr(what(*arguments))[:500]
    except BaseException as error:
        return f"{type(error).__name__}: {error}"[:500]
`;

const OPEN_PYTHON = fileURLToPath(new URL("../support/open-python.ts", import.meta.url));
const CANARY = "canary-4f1d9c";
const python = createPython();
const folder = mkdtempSync(join(tmpdir(), "hookline-attacks-"));
const file = join(folder, "secret.txt");
let connections = 0;
let server: Server;
let victim: ChildProcess;
let event: JsonObject;
const outcomes = new Map<string, Promise<string>>();

beforeAll(async () => {
  process.env.HOOKLINE_CANARY = CANARY;
  writeFileSync(file, CANARY);
  server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  victim = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
    stdio: "ignore",
    env: { HOOKLINE_CANARY: CANARY },
  });
  const { port } = server.address() as { port: number };
  event = { file, folder, port, pid: victim.pid ?? 0 };
  const secret = { code: REMEMBER, runId: "victim", input: { secret: CANARY }, env: { SECRET: CANARY } };
  const { value } = z
    .object({ value: z.unknown() })
    .parse(await python.run({ ...secret, timeoutMs: 10_000 }));
  expect(value).toBe("remembered");
  // All begin now, those that stay alone side by side.
  for (const one of attacks) outcomes.set(one.name, attack(one));
});

afterAll(async () => {
  await python.close();
  victim.kill();
  server.close();
  rmSync(folder, { recursive: true });
});

/** Another run, before and beside the attacks, leaves its secret wherever it can. */
const REMEMBER = `
import builtins, os, sys
def process(event):
    builtins.remembered = sys.remembered = os.remembered = event
    open("/tmp/remembered", "w").write(os.environ["SECRET"])
    return "remembered"
`;

test.each(attacks)(
  "$name",
  async ({ name, shows }) => {
    const got = (await outcomes.get(name)) ?? "";
    expect(got).toContain(shows);
    expect(got).not.toContain(CANARY);
    expect(got).not.toMatch(/^internal|"forged"$/);
  },
  180_000,
);

test("nobody was called, nothing written, nobody killed", () => {
  expect(damage("")).toEqual([]);
});

/** What attacks have done so far: the answer of one of them, and the traces of all. */
function damage(got: string): string[] {
  return [
    ...(got.includes(CANARY) ? ["canary"] : []),
    ...(readdirSync(folder).length > 1 ? ["file"] : []),
    ...(connections > 0 ? ["connection"] : []),
    ...((victim.exitCode ?? victim.signalCode) === null ? [] : ["killed"]),
  ];
}

/** Makes one attack; its result, or the words of its failure, and what it printed. */
async function attack({ name, code, alone, calls, timeoutMs }: Attack): Promise<string> {
  const runId = alone ? name : "attacks";
  const call = { runId, code: PRELUDE + code, handler: "attack", input: event, env: {}, timeoutMs };
  const attempt = () => python.run(call).catch((error: unknown) => ({ printed: [], error }));
  let outcome = await attempt();
  for (let more = 1; more < calls; more += 1) outcome = await attempt();
  if (alone) python.endRun(runId);
  const result = "error" in outcome ? wordsOf(outcome.error) : JSON.stringify(outcome.value);
  return [...outcome.printed, result].join("\n");
}

function wordsOf(error: unknown): string {
  if (!(error instanceof FlowError)) throw error;
  return `${error.class}: ${error.message}`;
}

test("there are at least 40 of them", () => {
  expect(attacks.length).toBeGreaterThanOrEqual(40);
});

test("what another run left behind is nowhere, and the next run is served as ever", async () => {
  const search = `${PRELUDE}
import builtins
def process(event):
    names = [name for owner in (builtins, sys, os) for name in vars(owner) if name == "remembered"]
    return [event, names, os.path.exists("/tmp/remembered"), "SECRET" in os.environ]
`;
  const call = { runId: "next", code: search, input: { a: 1 }, env: {}, timeoutMs: 10_000 };
  expect(await python.run(call)).toEqual({ printed: [], value: [{ a: 1 }, [], false, false] });
});

describe("where there are no walls, the suite sees", () => {
  let child: ChildProcessWithoutNullStreams;
  let lines: Interface;
  beforeAll(() => {
    child = spawn(process.execPath, ["--no-warnings", OPEN_PYTHON], { env: { HOOKLINE_CANARY: CANARY } });
    lines = createInterface({ input: child.stdout });
  });
  afterAll(() => void child.kill("SIGKILL"));

  test.each(attacks.filter(({ open }) => open !== undefined))(
    "$name: $open",
    async ({ code, open = "" }) => {
      const call = {
        runId: "",
        code: PRELUDE + code,
        handler: "attack",
        input: event,
        env: {},
        timeoutMs: 0,
      };
      const answered = once(lines, "line");
      child.stdin.write(`${formatRequest(call)}\n`);
      const [line] = await answered;
      const outcome = parseAnswer(line);
      const got = "value" in outcome ? JSON.stringify(outcome.value) : wordsOf(outcome.error);
      // A connection and a death are heard of later than the answer.
      const deadline = performance.now() + 5_000;
      while (!damage(got).includes(open) && performance.now() < deadline)
        await new Promise((resolve) => setImmediate(resolve));
      expect(damage(got)).toContain(open);
    },
    // The first one waits for an interpreter that starts without a snapshot.
    120_000,
  );
});
