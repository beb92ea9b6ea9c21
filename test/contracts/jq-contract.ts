import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { FlowError } from "../../lib/core/flow-error.ts";
import { formatJson, type Json, parseJson } from "../../lib/core/json.ts";
import type { Jq, JqCompiler, JqRequest } from "../../lib/core/ports/jq.ts";

const ENDLESS = "def f: f; f";

/** What every jq owes. */
export function jqContract(name: string, open: () => Jq & JqCompiler & { close(): Promise<void> }): void {
  describe(name, () => {
    let jq: ReturnType<typeof open>;
    beforeAll(() => {
      jq = open();
    });
    afterAll(() => jq.close());
    const evaluate = (program: string, input: Json = null, more: Partial<JqRequest> = {}) =>
      jq.run({ runId: "r", program, input, bindings: {}, now: 0, timeoutMs: 10_000, ...more });
    const run = async (...asked: Parameters<typeof evaluate>) => {
      const outcome = await evaluate(...asked);
      if ("error" in outcome) throw outcome.error;
      return outcome.results;
    };

    describe("results", () => {
      const cases: readonly (readonly [program: string, input: Json, results: readonly Json[]])[] = [
        [".a", { a: 1 }, [1]],
        ["empty", null, []],
        [".[]", [1, "two", null], [1, "two", null]],
        ["  .a  # a comment", { a: 1 }, [1]],
        ["def f: . * 2; f, f", 2, [4, 4]],
        ['test("^a+$")', "aaa", [true]],
        [".a // 3", {}, [3]],
        ['"\\(1)\\n"', null, ["1\n"]],
        ['[., "é😀\\u0000"]', "\u2028", [["\u2028", "é😀\u0000"]]],
        ["path(..)", { a: [0] }, [[], ["a"], ["a", 0]]],
        ["1, halt, 2", null, [1]],
        ["[inputs]", 1, [[]]],
        ["nan", null, [null]],
      ];
      test.each(cases)("%s", async (program, input, results) => {
        expect(await run(program, input)).toEqual(results);
      });

      test("numbers keep their digits", async () => {
        const input = parseJson('{"id":12345678901234567890,"price":0.1000000000000000055511151231257827}');
        expect(formatJson([...(await run(".id, .price", input))])).toBe(
          "[12345678901234567890,0.1000000000000000055511151231257827]",
        );
      });

      test("bindings are bound, whatever their size", async () => {
        const bindings = { input: { a: [1] }, run: { id: "r" }, large: "x".repeat(1_000_000) };
        expect(await run("$input.a[0], $run.id, ($large | length), .", 5, { bindings })).toEqual([
          1,
          "r",
          1_000_000,
          5,
        ]);
      });

      test("any JSON value comes back as it went in", async () => {
        // jq has no negative zero, and half a surrogate pair is no character.
        const value = fc.jsonValue().map((json) => JSON.parse(JSON.stringify(json).toWellFormed()));
        await fc.assert(
          fc.asyncProperty(value, async (json) => {
            expect(await run(".", json, { bindings: { copy: json } })).toEqual([json]);
          }),
          { numRuns: 100 },
        );
      });

      test("half a surrogate pair becomes the replacement character, its escaped spelling stays", async () => {
        expect(await run(".", ["\ud800x", "\\ud800", "\ud83d\ude00"])).toEqual([
          ["\ufffdx", "\\ud800", "😀"],
        ]);
      });
    });

    describe("what a program sees of its host", () => {
      test.each([
        ["env", {}],
        ["$ENV", {}],
        ["$ENV.PATH", null],
        ["input_filename", null],
        ["input_line_number", 0],
        ["now", 1_700_000_000.25],
        ["now | localtime | mktime", 1_700_000_000],
        ['now | strflocaltime("%H:%M %z")', "22:13 +0000"],
        ["$__loc__", { file: "<top-level>", line: 1 }],
      ])("%s", async (program, result) => {
        expect(await run(program, null, { now: 1_700_000_000_250 })).toEqual([result]);
      });

      test.each([
        'import "a" as a; .',
        'include "a"; .',
        '"a" | modulemeta',
        "input",
        'import "a" as $a; $a',
      ])("%s fails", async (program) => {
        await expect(run(program)).rejects.toMatchObject({ class: "code_error" });
      });

      test("the line is counted in the program as written", async () => {
        expect(await run("\n\n$__loc__.line", null, { bindings: { a: 1 } })).toEqual([3]);
      });
    });

    describe("faults of the program", () => {
      test.each([
        ["", "the jq program is empty"],
        [" \n ", "the jq program is empty"],
        ['"\0"', "the jq program has a NUL character"],
        [".a |", "line 1, column 4"],
        [".a\n| foo", "foo/0 is not defined at <top-level>, line 2, column 3"],
        [".a) | (.b", "syntax error"],
        ["$nothing", "$nothing is not defined"],
        ["--version", "version/0 is not defined"],
        ["# nothing", "Top-level program not given"],
        ['error("my words")', "jq: error: my words"],
        ["1, error(null)", "jq: error (not a string): null"],
        [".a.b", "Cannot index number"],
        ['"bye" | halt_error', "bye"],
        ['"three" | halt_error(3)', "three"],
        ["def f: [f]; f", "more memory or recursion"],
        ["[range(1e9)]", "more memory or recursion"],
        ['repeat("x" * 1000)', "wrote more than 64 MiB"],
        ["reduce range(2000) as $i (null; [.])", "jq: error"],
      ])("%j", async (program, message) => {
        await expect(run(program, { a: 1 }, { bindings: { bound: 1 } })).rejects.toMatchObject({
          class: "code_error",
          message: expect.stringContaining(message),
        });
        expect(await run(".", "next")).toEqual(["next"]);
      });

      test("the message is jq's, at most its first 500 characters", async () => {
        const failure = await run('error("x" * 1000)').catch((thrown: unknown) => thrown);
        expect(failure).toMatchObject({ message: `jq: error: ${"x".repeat(488)}…` });
      });

      test("a value nested deeper than jq's stack is refused, and the next call is right", async () => {
        const nested = (depth: number) => JSON.parse("[".repeat(depth) + "]".repeat(depth));
        expect(await run("flatten | length", nested(400))).toEqual([0]);
        await expect(run(".", nested(700))).rejects.toMatchObject({
          class: "code_error",
          message: expect.stringContaining("at most 500 levels deep"),
        });
        expect(await run("[range(1000)] | add")).toEqual([499_500]);
      });

      test("a long program leaves nothing behind", async () => {
        // Whether this one still fits onto jq's stack is a matter of luck.
        await run(`.${" + .".repeat(2_500)}`, 1).catch(() => undefined);
        expect(await run(`"${"a".repeat(1_000_000)}" | length`)).toEqual([1_000_000]);
        expect(await run("[range(1000)] | add")).toEqual([499_500]);
      });
    });

    describe("what a program writes to its standard error", () => {
      test.each<readonly [program: string, logs: readonly string[]]>([
        [". + 1", []],
        ["debug", ["1"]],
        ['debug("words", {a: .})', ["words", '{"a":1}']],
        ['"one\\ntwo" | stderr', ["one", "two"]],
        ['("a" | stderr | debug), stderr', ["a", "a", "1"]],
        ['"\\u0000" | debug', ["\0"]],
        ["range(250) | debug", [...Array.from({ length: 200 }, (_, line) => `${line}`), "… 50 more lines"]],
        ['"x" * 70000 | stderr', [`${"x".repeat(65_535)}…`, "… 4464 more characters"]],
      ])("%s is its log", async (program, logs) => {
        expect(await evaluate(program, 1)).toMatchObject({ logs, results: expect.anything() });
      });

      test.each<readonly [program: string, logs: readonly string[], message: string]>([
        ['debug | error("no")', ["1"], "jq: error: no"],
        ['"a" | stderr | error', ["a"], "jq: error: a"],
        ['debug | "bye" | halt_error', ["1"], "bye"],
        ['"jq: error: a" | debug | error("b")', ["jq: error: a"], "jq: error: b"],
      ])("%s keeps its log apart from its error", async (program, logs, message) => {
        expect(await evaluate(program, 1)).toMatchObject({ logs, error: { class: "code_error", message } });
      });
    });

    describe("compiling only", () => {
      test.each([".", "error", "def f: f; f", "$input.a | $run", "input", 'env | "\\(.)"', "# why\n."])(
        "%s is sound, and does not run",
        async (program) => {
          expect(await jq.compile(program, ["input", "run"])).toBeNull();
        },
      );

      test.each<readonly [program: string, line: number, column: number, message: string]>([
        ["", 1, 1, 'the jq program is empty: "." gives its input back'],
        ["\0", 1, 1, "the jq program has a NUL character: remove it, or write it as \\u0000"],
        [".a |", 1, 4, "syntax error, unexpected end of file"],
        [".a\n| foo, bar", 2, 3, "foo/0 is not defined"],
        ['"é😀" | $other', 1, 8, "$other is not defined"],
        ["1 | ] ", 1, 5, "syntax error, unexpected INVALID_CHARACTER"],
        [".a) | (.b", 1, 3, "syntax error, unexpected INVALID_CHARACTER, expecting end of file"],
        ["# nothing", 1, 1, 'Top-level program not given (try ".")'],
        ['import "a" as a; .', 1, 1, "module not found: a"],
        ["module {}; .", 1, 1, "module, import and include are not available"],
      ])("%j is refused at %d:%d", async (program, line, column, message) => {
        expect(await jq.compile(program, ["input", "run"])).toEqual({ line, column, message });
      });

      test("a program that compiles is what a run accepts, one that does not is refused by both", async () => {
        const piece = fc.constantFrom(
          ".a",
          "|",
          ",",
          "(",
          ")",
          "[",
          "]",
          " as $x",
          "$x",
          "1",
          '"',
          "def f:",
          ";",
          "f",
          "#",
          "\n",
        );
        const program = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(" "));
        await fc.assert(
          fc.asyncProperty(program, async (text) => {
            const ran = await run(text, { a: 1 }, { timeoutMs: 500 }).catch((thrown: unknown) => thrown);
            const isRefused = /compile error|is empty|not available/.test(String(ran));
            expect((await jq.compile(text, [])) !== null).toBe(isRefused);
          }),
          { numRuns: 300 },
        );
      });
    });

    describe("time", () => {
      test("while a program of one run does not end, those of other runs are evaluated", async () => {
        const endless = new AbortController();
        const stuck = ["a", "b", "c"].map((runId) => run(ENDLESS, null, { runId, signal: endless.signal }));
        const ends = Promise.allSettled(stuck);
        for (const runId of ["d", "e", "f"]) expect(await run(". + 1", 1, { runId })).toEqual([2]);
        endless.abort();
        for (const end of await ends) expect(end).toMatchObject({ reason: { class: "cancelled" } });
      });

      test("programs of one run take turns, so ten that do not end hold one worker", async () => {
        const endless = new AbortController();
        const stuck = Array.from({ length: 10 }, () => run(ENDLESS, null, { signal: endless.signal }));
        const ends = Promise.allSettled(stuck);
        for (const runId of ["d", "e", "f"]) expect(await run(". + 1", 1, { runId })).toEqual([2]);
        endless.abort();
        expect(await ends).toHaveLength(10);
      });

      test("a program that does not end is stopped, those behind it run", async () => {
        const [endless, ...others] = await Promise.allSettled([
          run(ENDLESS, null, { timeoutMs: 50 }),
          run(". + 1", 1),
          run(". + 1", 2),
        ]);
        expect(endless).toMatchObject({
          reason: {
            class: "timeout",
            message: "the result of the jq program did not come within 0.05 seconds",
          },
        });
        expect(others).toEqual([
          { status: "fulfilled", value: [2] },
          { status: "fulfilled", value: [3] },
        ]);
      });

      test("a signal stops a program that runs and one that waits", async () => {
        const running = new AbortController();
        const waiting = new AbortController();
        const reason = new FlowError("timeout", "the run took too long");
        const first = run(ENDLESS, null, { signal: running.signal });
        const second = run(".", 1, { signal: waiting.signal });
        const third = run(".", 2);
        waiting.abort();
        await expect(second).rejects.toMatchObject({ class: "cancelled" });
        running.abort(reason);
        await expect(first).rejects.toBe(reason);
        expect(await third).toEqual([2]);
        await expect(run(".", 3, { signal: AbortSignal.abort() })).rejects.toMatchObject({
          class: "cancelled",
        });
      });

      test("many calls at once, more than one instance of jq serves, each get their own result", async () => {
        const results = await Promise.all(Array.from({ length: 1_500 }, (_, item) => run(". + 1", item)));
        expect(results).toEqual(results.map((_, item) => [item + 1]));
      });
    });

    test("closing cancels what runs and what waits, and refuses what comes", async () => {
      const closing = open();
      const request = { runId: "r", program: ENDLESS, input: null, bindings: {}, now: 0, timeoutMs: 60_000 };
      const outcomes = Promise.allSettled([closing.run(request), closing.run(request)]);
      await closing.close();
      for (const outcome of await outcomes) expect(outcome).toMatchObject({ reason: { class: "cancelled" } });
      await expect(closing.run(request)).rejects.toMatchObject({ class: "cancelled" });
      await closing.close();
    });
  });
}
