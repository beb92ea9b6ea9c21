import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "@jest/globals";
import { describeRun, type RunView } from "../../lib/app/describe-run.ts";
import { nextSteps } from "../../lib/cli/next-steps.ts";
import { isMeant } from "../../lib/cli/operate/confirm.ts";
import { editEvent } from "../../lib/cli/operate/edit-event.ts";
import { createProgress } from "../../lib/cli/operate/progress.ts";
import { type LetterFilter, selectLetters } from "../../lib/cli/operate/select-letters.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import { sampleRun } from "../support/sample-run.ts";
import { KEYS, typing } from "../support/typing-terminal.ts";
import { createWorld, runIdOf } from "../support/world.ts";

const { ENTER, DOWN } = KEYS;
const folder = mkdtempSync(join(tmpdir(), "hookline-"));
const editor = process.env.VISUAL;
afterEach(() => {
  if (editor === undefined) delete process.env.VISUAL;
  else process.env.VISUAL = editor;
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("whether a change is meant", () => {
  const none = typing();

  test("is not asked of ten or fewer, nor where --yes says so", async () => {
    expect(await isMeant(10, "redrive 10 runs", {}, undefined)).toBe(true);
    expect(await isMeant(900, "redrive 900 runs", { yes: true }, none)).toBe(true);
    expect(await isMeant(0, "remove 0 messages", { asks: true }, undefined)).toBe(true);
  });

  test("is asked of more, and of any number that cannot be taken back; the answer at hand is no", async () => {
    const question = "Redrive 11 runs?";
    expect(await isMeant(11, "redrive 11 runs", {}, typing([question, ENTER]))).toBe(false);
    expect(await isMeant(11, "redrive 11 runs", {}, typing([question, DOWN + ENTER]))).toBe(true);
    const asked = typing(["Remove 1 message?", DOWN + ENTER]);
    expect(await isMeant(1, "remove 1 message", { asks: true }, asked)).toBe(true);
  });

  test("needs --yes where nobody can be asked", async () => {
    await expect(isMeant(11, "redrive 11 runs", {}, undefined)).rejects.toMatchObject({
      class: "invalid_input",
      message: expect.stringContaining("with --yes"),
    });
  });
});

describe("dead letters that the queue itself made, since it took none of ours", () => {
  const failedWhileTheQueueWasDown = async () => {
    const world = createWorld({
      file: { steps: [{ type: "fail", message: "no such customer" }] },
      wrapQueue: (queue) => ({
        ...queue,
        deadLetter: () => Promise.reject(new FlowError("connection", "no queue")),
      }),
    });
    const runId = runIdOf(await world.post({}));
    await world.invoke();
    const { deadLetterQueue: deadLetters } = world.queue;
    deadLetters.bury(JSON.stringify({ run_id: runId }));
    const letterBoxes = async () => ({ runs: deadLetters, events: [] });
    const found = (filter: LetterFilter = {}) =>
      Array.fromAsync(selectLetters({ store: world.store, letterBoxes }, [], filter).items());
    return { runId, deadLetters, found };
  };

  test("say why their run failed, and are found by that", async () => {
    const { runId, found } = await failedWhileTheQueueWasDown();
    const reason = { class: "refused", message: "no such customer", step: null };
    expect(await found()).toMatchObject([{ runId, reason, run: { status: "failed" } }]);
    expect(await found({ class: "refused" })).toHaveLength(1);
    expect(await found({ class: "timeout" })).toEqual([]);
  });

  test("say nothing of runs that nobody knows, and where ours has come too, that word counts", async () => {
    const { runId, deadLetters, found } = await failedWhileTheQueueWasDown();
    const told = { class: "refused", message: "no such customer", step: "0" };
    deadLetters.bury(JSON.stringify({ run_id: runId }), told);
    deadLetters.bury('{"run_id":"nobody"}');
    const [, ours, nobody] = await found();
    expect(ours?.reason).toEqual(told);
    expect(nobody).not.toHaveProperty("reason");
  });
});

describe("what can be done about a failed run", () => {
  const view = (more: Partial<RunView>): RunView => ({
    ...describeRun({
      ...sampleRun(),
      status: "failed",
      attempt: 1,
      epoch: 1,
      failures: 0,
      spentMs: 0,
      costUsd: 0,
      journal: [],
    }),
    error: { step: "2.items.7.0", class: "server_error", message: "", details: {} },
    ...more,
  });
  const commandsOf = (run: RunView) =>
    nextSteps(run, "").flatMap((line) => line.match(/runs \w+ \S+/g) ?? []);
  const chunk = { chunk: { number: 0, of: 2, first_item: 0 }, parent: { run_id: "whole", path: "2" } };

  test("is to redrive or to replay it", () => {
    expect(commandsOf(view({ run_id: "one" }))).toEqual(["runs redrive one", "runs replay one"]);
  });

  test("is to redrive the whole run where it is a chunk of a loop", () => {
    expect(commandsOf(view({ run_id: "part", ...chunk }))).toEqual(["runs redrive whole"]);
  });

  test("is to redrive a chunk by itself first where nobody knows whether its call took effect", () => {
    const error = { step: "2.items.7.0", class: "unknown_outcome", message: "", details: {} } as const;
    expect(commandsOf(view({ run_id: "part", ...chunk, error }))).toEqual([
      "runs redrive part",
      "runs redrive whole",
    ]);
  });
});

describe("editing an event", () => {
  const event = (body: string | Uint8Array, contentType = "application/json") => ({
    ...sampleRun().event,
    contentType,
    body: typeof body === "string" ? new TextEncoder().encode(body) : body,
  });
  /** An editor that leaves each of the texts in turn; it keeps what it was shown first. */
  const writing = (...texts: string[]) => {
    for (const [index, text] of texts.entries()) writeFileSync(join(folder, `text-${index}`), text);
    const script = join(folder, "editor.sh");
    rmSync(join(folder, "calls"), { force: true });
    const lines = [
      `n=$(cat ${folder}/calls 2>/dev/null || echo 0)`,
      `[ $n = 0 ] && cp "$1" ${folder}/shown`,
      `[ -e ${folder}/text-$n ] && cp ${folder}/text-$n "$1"`,
      `echo $((n + 1)) > ${folder}/calls`,
    ];
    writeFileSync(script, `${lines.join("\n")}\n`);
    process.env.VISUAL = `sh ${script}`;
  };
  const shown = () => readFileSync(join(folder, "shown"), "utf8");
  const textOf = (edited: { readonly kind: string; readonly body?: Uint8Array }) =>
    new TextDecoder().decode(edited.body);

  test("shows JSON line by line with every digit, and takes what was written", async () => {
    writing('{"order": 12345678901234567891}');
    const edited = await editEvent(event('{"order":12345678901234567890,"a":[1]}'), typing());
    expect(shown()).toBe('{\n  "order": 12345678901234567890,\n  "a": [\n    1\n  ]\n}\n');
    expect([edited.kind, textOf(edited)]).toEqual(["edited", '{"order": 12345678901234567891}']);
  });

  test("tells an event that was left as it was", async () => {
    writing();
    rmSync(join(folder, "text-0"), { force: true });
    expect(await editEvent(event('{"n":1}'), typing())).toEqual({ kind: "unchanged" });
  });

  test("shows where text is no JSON, and lets it be edited again", async () => {
    writing('{"n": 1,}', '{"n": 2}');
    const edited = await editEvent(
      event('{"n":1}'),
      typing(["The event is not JSON: line 1, column 9", ENTER]),
    );
    expect(textOf(edited)).toBe('{"n": 2}');
  });

  test("keeps what was written when somebody gives up, where only they can read it", async () => {
    writing("nonsense");
    const edited = await editEvent(event('{"n":1}'), typing(["The event is not JSON", DOWN + ENTER]));
    if (edited.kind !== "given_up") throw new Error(edited.kind);
    expect(readFileSync(edited.file, "utf8")).toBe("nonsense");
    expect([statSync(edited.file).mode & 0o777, statSync(dirname(edited.file)).mode & 0o777]).toEqual([
      0o600, 0o700,
    ]);
    rmSync(dirname(edited.file), { recursive: true });
  });

  test("takes text as it is, and refuses what is none", async () => {
    writing("{ not JSON, and need not be");
    const edited = await editEvent(event("hello", "text/plain"), typing());
    expect([shown(), textOf(edited)]).toEqual(["hello", "{ not JSON, and need not be"]);
    await expect(editEvent(event(Uint8Array.of(0xff)), typing())).rejects.toMatchObject({
      class: "invalid_input",
    });
  });

  test("an editor that fails is told, with the file", async () => {
    process.env.VISUAL = "false";
    await expect(editEvent(event("{}"), typing())).rejects.toMatchObject({
      class: "config_error",
      message: expect.stringMatching(
        /^the editor "false" ended with code 1, and the event lies in .*event\.json/,
      ),
    });
  });
});

describe("progress", () => {
  const written = (isTTY: boolean) => {
    const lines: string[] = [];
    const output = { isTTY, write: (text: string) => lines.push(text) > 0 } as unknown as NodeJS.WriteStream;
    const progress = createProgress(output, "redrive");
    for (let done = 0; done <= 250; done += 1) progress.show(done, 250);
    progress.end();
    return lines;
  };

  test("is a line for every hundred where there is no terminal", () => {
    expect(written(false)).toEqual(["redrive: 100 of 250\n", "redrive: 200 of 250\n"]);
  });

  test("is a bar on a terminal, full at the end and then gone", () => {
    const lines = written(true);
    expect(lines.at(-2)).toBe(`\r\u001b[Kredrive ${"█".repeat(30)} 250 of 250`);
    expect(lines.at(-1)).toBe("\r\u001b[K");
  });
});
