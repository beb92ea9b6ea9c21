import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { FlowError } from "../../lib/core/flow-error.ts";
import { formatJson, type Json, parseJson } from "../../lib/core/json.ts";
import type { Python, PythonCompiler, PythonRequest } from "../../lib/core/ports/python.ts";

const ENDLESS = "def process(event):\n  while True: pass";
const SAME = "def process(event): return event";

/** What every Python owes. */
export function pythonContract(
  name: string,
  open: () => Python & PythonCompiler & { close(): Promise<void> },
): void {
  describe(name, () => {
    let python: ReturnType<typeof open>;
    beforeAll(() => {
      python = open();
    });
    afterAll(() => python.close());
    const run = (code: string, input: Json = null, more: Partial<PythonRequest> = {}) =>
      python.run({ runId: "one", code, input, env: {}, timeoutMs: 10_000, ...more });

    describe("results", () => {
      test("any JSON value comes back as it went in", async () => {
        const value = fc
          .jsonValue({ noUnicodeString: false })
          .map((json) => JSON.parse(JSON.stringify(json)));
        await fc.assert(
          fc.asyncProperty(value, async (json) => {
            expect(await run(SAME, json)).toEqual({ printed: [], value: json });
          }),
          { numRuns: 50 },
        );
      });

      test("integers of any size, half a surrogate pair, NUL and odd keys come back as they went in", async () => {
        const text = '{"n":-123456789012345678901234567890,"s":"\\ud800x\\u0000","__proto__":{"a":1},"":[]}';
        const outcome = await run(SAME, parseJson(text));
        expect("value" in outcome && formatJson(outcome.value)).toBe(text);
      });

      test("the environment is the request's and no more", async () => {
        const code = "import os\ndef process(event): return dict(os.environ)";
        expect(await run(code, null, { env: { CITY: "Rome" } })).toMatchObject({ value: { CITY: "Rome" } });
        expect(await run(code, null, { env: { STATE: "Lazio" } })).toMatchObject({
          value: { STATE: "Lazio" },
        });
      });

      test("what is printed is cut after 200 lines and 64 Ki characters", async () => {
        const { printed: lines } = await run("def process(e):\n  for i in range(500): print(i)");
        expect(lines).toHaveLength(201);
        expect(lines.at(-1)).toBe("… 300 more lines");
        const { printed: text } = await run("def process(e): print('x' * 100_000)");
        expect(text).toEqual(["x".repeat(65_536), "… 34465 more characters"]);
      });

      test("chance and time are those of now, not of the snapshot", async () => {
        const code =
          "import random, time, uuid\ndef process(e): return [random.random(), str(uuid.uuid4()), time.time()]";
        const [first, second] = await Promise.all([run(code), run(code, null, { runId: "other" })]);
        python.endRun("other");
        const seen = [first, second].map(
          (one) => ("value" in one ? one.value : []) as [number, string, number],
        );
        expect(new Set(seen.map(([chance]) => chance)).size).toBe(2);
        expect(new Set(seen.map(([, uuid]) => uuid)).size).toBe(2);
        expect(Math.abs((seen[0]?.[2] ?? 0) * 1000 - Date.now())).toBeLessThan(60_000);
      });
    });

    test("time zones are known, with their summer times", async () => {
      const code = `from datetime import datetime, timezone
from zoneinfo import ZoneInfo
def process(zones):
  times = [datetime(2026, month, 15, 12, tzinfo=timezone.utc).astimezone(ZoneInfo(zone)) for zone in zones for month in (1, 7)]
  return [f"{time:%H:%M %z} {time.tzname()} {time.dst()}" for time in times]`;
      expect(await run(code, ["Europe/Rome", "America/New_York", "Asia/Kathmandu", "UTC"])).toMatchObject({
        value: [
          "13:00 +0100 CET 0:00:00",
          "14:00 +0200 CEST 1:00:00",
          "07:00 -0500 EST 0:00:00",
          "08:00 -0400 EDT 1:00:00",
          "17:45 +0545 +0545 0:00:00",
          "17:45 +0545 +0545 0:00:00",
          "12:00 +0000 UTC 0:00:00",
          "12:00 +0000 UTC 0:00:00",
        ],
      });
      const twice = `from datetime import datetime
from zoneinfo import ZoneInfo
def process(e):
  return [datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=ZoneInfo("Europe/Rome")).isoformat() for fold in (0, 1)]`;
      expect(await run(twice)).toMatchObject({
        value: ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"],
      });
      expect(
        await run("import zoneinfo\ndef process(e): return zoneinfo.ZoneInfo('No/Where').key"),
      ).toMatchObject({
        error: { message: expect.stringContaining("No time zone found with key No/Where") },
      });
    });

    test("the modules of the standard library are there, but those that need a terminal or another process", async () => {
      const code = `import sys
def process(e):
  missing = []
  for name in sorted(sys.stdlib_module_names):
    if name.startswith("_") or name in ("antigravity", "this"): continue
    try: __import__(name)
    except ImportError: missing.append(name)
  return " ".join(missing)`;
      expect(await run(code)).toMatchObject({
        value:
          "ctypes curses dbm ensurepip grp idlelib msvcrt nt pwd pydoc_data readline resource syslog tkinter turtle turtledemo venv winreg winsound",
      });
    });

    describe("faults of the code", () => {
      test.each([
        ["def process(event): return event['x']", "KeyError: 'x' (line 1:", 1],
        ["import json\n\ndef process(event):\n  return json.loads('{')", "JSONDecodeError", 4],
        ["raise ValueError('at once')", "ValueError: at once (line 1:", 1],
        ["def process(event) return", "SyntaxError: expected ':' (line 1:", 1],
        ["import numpy", "ModuleNotFoundError: No module named 'numpy' (line 1:", 1],
        ["import sys\ndef process(e): sys.exit(3)", "SystemExit: 3 (line 2:", 2],
        ["x = 1", "the code defines no function", null],
        ["def process(e): return {'a': [1, {2}]}", "Object of type set is not JSON serializable", null],
        ["def process(e): return 1e999", "not JSON compliant: inf", null],
        ["def process(e): return {(1, 2): 3}", "keys must be str", null],
        ["async def process(e): return 1", "process is asynchronous", null],
        ["def process(e):\n  yield 1", "Object of type generator is not JSON", null],
        [
          "import decimal\ndef process(e): return decimal.Decimal('1.1')",
          "Object of type Decimal is not",
          null,
        ],
        [
          "import datetime\ndef process(e): return {'at': datetime.date(2026, 1, 2)}",
          "date is not JSON serializable, when serializing dict item 'at'",
          null,
        ],
        ["def process(e): return b'x'", "Object of type bytes is not JSON", null],
        ["def process(e): return 10 ** 5000", "Exceeds the limit (4300 digits)", null],
        ["def process(): return 1", "process() takes 0 positional arguments but 1 was given", null],
        [
          "def helper(x):\n  return x['a']\ndef process(e):\n  return helper({})",
          "KeyError: 'a' (line 2:",
          2,
        ],
        ["def process(e):\n\tx = 1\n        return x", "TabError", 3],
        ["def process(e): return 'x' * 26_000_000", "the result is 26.0 MB as JSON", null],
      ])("%j", async (code, message, line) => {
        const outcome = await run(code, {});
        expect(outcome).toMatchObject({
          error: { class: "code_error", message: expect.stringContaining(message), details: { line } },
        });
      });
    });

    test("an integer that Python refuses to read is told, and is no fault of the code", async () => {
      const outcome = await run(SAME, parseJson("9".repeat(5_000)));
      expect(outcome).toMatchObject({
        error: {
          message: expect.stringContaining("the input cannot be read as Python data: Exceeds the limit"),
        },
      });
    });

    test("keys that are no text become text as json.dumps makes it; tuples and counters are lists and mappings", async () => {
      const code = `import collections
def process(e):
  return [{1: "a", None: "b", True: "c", 2.5: "d"}, (1, 2), collections.Counter("aab")]`;
      expect(await run(code)).toMatchObject({
        value: [{ 1: "c", null: "b", "2.5": "d" }, [1, 2], { a: 2, b: 1 }],
      });
    });

    describe("compiling only", () => {
      test("every piece that is no Python is told with its place, and none is executed", async () => {
        const codes = [
          "def process(event): return event",
          "def process(event) return",
          "import sys\nsys.exit(1)",
          "x = 1\n  y = 2",
          "def process(e):\n    return '\u00e9\u00e9' 'x",
          "nul \0",
          "'\ud800'",
          `${"-".repeat(100_000)}1`,
          `${"(".repeat(1_000)}1`,
          "raise ValueError",
          "return 1",
        ];
        expect(await python.compile(codes)).toEqual([
          { index: 1, line: 1, column: 20, message: "SyntaxError: expected ':'" },
          { index: 3, line: 2, column: 2, message: "IndentationError: unexpected indent" },
          {
            index: 4,
            line: 2,
            column: 17,
            message: "SyntaxError: unterminated string literal (detected at line 2)",
          },
          {
            index: 5,
            line: 1,
            column: 1,
            message: "SyntaxError: source code string cannot contain null bytes",
          },
          { index: 6, line: 1, column: 1, message: expect.stringContaining("surrogates not allowed") },
          { index: 7, line: 1, column: 1, message: expect.stringContaining("too complex to parse") },
          { index: 8, line: 1, column: 201, message: "SyntaxError: too many nested parentheses" },
          { index: 10, line: 1, column: 1, message: "SyntaxError: 'return' outside function" },
        ]);
      });

      test("a module that is not there is told where it is imported in any case", async () => {
        const codes = [
          "import os, requests.adapters\nfrom pandas import DataFrame\ndef process(e): return e",
          "import re, json, datetime, hashlib, urllib.parse, statistics, zoneinfo, __main__\nfrom collections.abc import Mapping",
          "try:\n  import numpy\nexcept ImportError: numpy = None\ndef process(e):\n  import scipy",
          "import js",
        ];
        const words = (name: string) =>
          `ModuleNotFoundError: No module named '${name}': the standard library is all there is`;
        expect(await python.compile(codes)).toEqual([
          { index: 0, line: 1, column: 1, message: words("requests") },
          { index: 0, line: 2, column: 1, message: words("pandas") },
          { index: 3, line: 1, column: 1, message: words("js") },
        ]);
      });

      test("nothing to compile is nothing to tell", async () => {
        expect(await python.compile([])).toEqual([]);
      });
    });

    describe("time", () => {
      test("code that does not end is stopped, the calls behind it run", async () => {
        const [endless, ...others] = await Promise.allSettled([
          run(ENDLESS, null, { timeoutMs: 50 }),
          run(SAME, 1),
          run(SAME, 2),
        ]);
        expect(endless).toMatchObject({ reason: { class: "timeout" } });
        expect(others).toMatchObject([{ value: { value: 1 } }, { value: { value: 2 } }]);
      });

      test("a signal stops code that runs and a call that waits", async () => {
        const running = new AbortController();
        const waiting = new AbortController();
        const reason = new FlowError("timeout", "the run took too long");
        const first = run(ENDLESS, null, { signal: running.signal });
        const second = run(SAME, 1, { signal: waiting.signal });
        waiting.abort();
        await expect(second).rejects.toMatchObject({ class: "cancelled" });
        running.abort(reason);
        await expect(first).rejects.toBe(reason);
        await expect(run(SAME, 3, { signal: AbortSignal.abort() })).rejects.toMatchObject({
          class: "cancelled",
        });
      });
    });

    test("a call's time begins with its turn: runs that never end cost their neighbours nothing but the wait", async () => {
      const endless = Array.from({ length: 5 }, (_, item) =>
        run(ENDLESS, null, { runId: `endless-${item}`, timeoutMs: 800 }),
      );
      const neighbours = Array.from({ length: 3 }, (_, item) =>
        run(SAME, item, { runId: `neighbour-${item}`, timeoutMs: 800 }),
      );
      for (const outcome of await Promise.allSettled(endless))
        expect(outcome).toMatchObject({ reason: { class: "timeout" } });
      expect(await Promise.all(neighbours)).toEqual([0, 1, 2].map((value) => ({ printed: [], value })));
      for (const item of [0, 1, 2, 3, 4]) python.endRun(`endless-${item}`);
      for (const item of [0, 1, 2]) python.endRun(`neighbour-${item}`);
    });

    describe("runs", () => {
      test("more runs at once than interpreters may live each get their own result", async () => {
        const code =
          "import sys\ndef process(e):\n  seen = getattr(sys, 'seen', None)\n  sys.seen = e\n  return [e, seen]";
        const results = await Promise.all(
          Array.from({ length: 6 }, async (_, item) => {
            const outcome = await run(code, item, { runId: `run-${item}` });
            if (item % 2 === 0) python.endRun(`run-${item}`);
            return outcome;
          }),
        );
        expect(results).toEqual(results.map((_, item) => ({ printed: [], value: [item, null] })));
        for (const item of [1, 3, 5]) python.endRun(`run-${item}`);
      });

      test("a run that ends in the middle of a call takes the call with it", async () => {
        const call = run(ENDLESS, null, { runId: "leaving" });
        const behind = run(SAME, null, { runId: "leaving" });
        const ended = Promise.allSettled([call, behind]);
        python.endRun("leaving");
        expect(await ended).toMatchObject([{ status: "rejected" }, { reason: { class: "cancelled" } }]);
      });
    });

    test("closing cancels what runs and refuses what comes", async () => {
      const closing = open();
      const request = { runId: "one", code: ENDLESS, input: null, env: {}, timeoutMs: 60_000 };
      const outcomes = Promise.allSettled([closing.run(request), closing.run(request)]);
      await closing.close();
      for (const outcome of await outcomes) expect(outcome).toMatchObject({ reason: { class: "cancelled" } });
      await expect(closing.run(request)).rejects.toMatchObject({ class: "cancelled" });
    });
  });
}
