import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createPython } from "../../lib/adapters/python/python-pool.ts";
import { isSettled } from "../../lib/core/journal.ts";
import type { HttpRequest } from "../../lib/core/ports/http.ts";
import type { ChatRequest } from "../../lib/core/ports/llm.ts";
import type { Python } from "../../lib/core/ports/python.ts";
import { isFinal } from "../../lib/core/run.ts";
import { type Call, FAULTS, type Strike, textOfAll } from "../support/faults.ts";
import { outcomeOf, play, requestsIn, type Trial } from "./trial.ts";
import { CARD, SECRET, WORKFLOWS } from "./workflows.ts";

/** One fault at one call, and what came of it. */
interface Struck {
  readonly where: string;
  readonly trial: Trial;
}

const pool = createPython({ spare: false });
// One interpreter for all: that runs never share one is the contract suite's matter.
const python: Python = { run: (request) => pool.run({ ...request, runId: "faults" }), endRun() {} };
afterAll(() => pool.close());

describe.each(Object.entries(WORKFLOWS))("%s, struck at every call", (_about, workflow) => {
  const given = { ...workflow, ...(workflow.python && { python }) };
  let undisturbed: Trial;
  const all: Struck[] = [];

  beforeAll(async () => {
    undisturbed = await play(given);
    for (const [at, { name }] of undisturbed.calls.entries()) {
      for (const fault of FAULTS) {
        if (isCallOfStep(name) && given.acceptsFailures && !fault.startsWith("death")) continue;
        const strike: Strike = { at, fault };
        all.push({ where: `${fault} at call ${at}, ${name}`, trial: await play(given, [strike]) });
      }
    }
  });

  /** Where a promise is broken, each with what is there instead. */
  const broken = (check: (trial: Trial, where: string) => unknown) =>
    all.flatMap(({ where, trial }) => {
      const found = check(trial, where);
      return found === undefined ? [] : [{ where, found }];
    });
  const expected = () => outcomeOf(undisturbed.run);
  const whole = ({ run, children }: Trial) =>
    [run, ...children].map((one) => outcomeOf(one, given.races)).sort(byText);

  test("P1 a 2xx means stored, any other answer leaves nothing that runs", () => {
    expect(
      broken(({ answer, run, calls }) => {
        if (answer?.status === 202 ? run : !answer || !(run || requestsIn(calls).length > 0))
          return undefined;
        return { answer: answer?.status ?? "none", run: run?.status ?? "none" };
      }),
    ).toEqual([]);
  });

  test("P2 what is stored ends as if undisturbed; what failed is in the dead-letter queue with its reason", () => {
    const { status, error } = expected() ?? {};
    expect(
      broken(({ run, children, world: { queue } }) => {
        if (!run) return undefined;
        const open = children.filter((one) => !isFinal(one.status));
        if (open.length > 0) return open.map(({ workflow, status: stands }) => ({ workflow, stands }));
        const outcome = outcomeOf(run);
        const asExpected =
          isUnknown(run) || textOfAll([outcome?.status, outcome?.error]) === textOfAll([status, error]);
        const isBuried = queue.deadLetters.some(
          ({ message, reason }) => message.runId === run.runId && reason.class === run.error?.class,
        );
        return asExpected && isBuried === (run.status === "failed")
          ? undefined
          : { status: run.status, error: run.error, isBuried };
      }),
    ).toEqual([]);
  });

  test("P4 a final status never changes", () => {
    expect(broken(({ finals }) => (new Set(finals).size > 1 ? finals : undefined))).toEqual([]);
  });

  test("P5 a step that has an entry never runs again", () => {
    expect(
      broken(({ ranAgain, run, children }) => {
        const paths = [run, ...children].flatMap((one) =>
          (one?.journal ?? []).filter(isSettled).map(({ path }) => `${one?.runId} ${path}`),
        );
        const twice = paths.filter((path, index) => paths.indexOf(path) < index);
        return ranAgain.length + twice.length > 0 ? { ranAgain, twice } : undefined;
      }),
    ).toEqual([]);
  });

  test("P6 a repeated call is the same call, and at_most_once is not repeated", () => {
    const once = textOfAll(given.file).includes("at_most_once");
    expect(
      broken(({ calls }) => {
        const byKey = Map.groupBy(calls.flatMap(keyedCall), ({ key }) => key);
        const changed = [...byKey].filter(
          ([key, requests]) =>
            new Set(requests.map(({ sent }) => sent)).size > 1 ||
            (once && key.endsWith("-1") && requests.length > 1),
        );
        return changed.length > 0 ? changed : undefined;
      }),
    ).toEqual([]);
  });

  test("P7 every step has its entry, and state and result are as if undisturbed", () => {
    expect(
      broken((trial) => {
        const { run } = trial;
        const [outcome, wanted] = [whole(trial), whole(undisturbed)];
        if (!run || isUnknown(run) || textOfAll(outcome) === textOfAll(wanted)) return undefined;
        return { outcome, wanted };
      }),
    ).toEqual([]);
  });

  test("what models cost is counted, and counted once", () => {
    expect(
      broken(({ run }, where) => {
        // What a call cost whose answer never came nobody knows.
        if (!run || where.endsWith("model.complete")) return undefined;
        return run.costUsd === undisturbed.run?.costUsd ? undefined : run.costUsd;
      }),
    ).toEqual([]);
  });

  test("P8 no secret is in anything stored, sent to a queue or logged, and no blanked path in the history", () => {
    expect(
      broken(({ calls, world: { log, queue }, run }) => {
        const kept = textOfAll([
          calls.filter(({ name }) => name !== "peer.send"),
          log.lines,
          queue.deadLetters,
          run,
        ]);
        const secrets = [SECRET, btoa(SECRET), encodeURIComponent(SECRET)].filter((form) =>
          kept.includes(form),
        );
        const blanked = [CARD].filter((value) => textOfAll(run ?? null).includes(value));
        return secrets.length + blanked.length > 0 ? { secrets, blanked } : undefined;
      }),
    ).toEqual([]);
  });
});

/** A call that a step makes, not the stage itself. */
function isCallOfStep(name: string): boolean {
  return /^(?:peer|model|python)\./.test(name);
}

function byText(a: unknown, b: unknown): number {
  return textOfAll(a) < textOfAll(b) ? -1 : 1;
}

/** What a step sends to the other side or to a model, and the key under which that may be sent again. */
function keyedCall({ name, given: [request] }: Call): { readonly key: string; readonly sent: string }[] {
  if (name === "peer.send") {
    const { method, url, headers, body } = request as HttpRequest;
    return [{ key: headers["Idempotency-Key"] ?? "", sent: textOfAll({ method, url, headers, body }) }];
  }
  if (name !== "model.complete") return [];
  const { idempotencyKey: key, model, messages } = request as ChatRequest;
  return [{ key, sent: textOfAll({ model, messages }) }];
}

/** A call that may be made once, and whose outcome nobody knows. */
function isUnknown({
  error,
}: {
  readonly error?: { readonly class: string; readonly step: string | null };
}): boolean {
  return error?.class === "unknown_outcome" && error.step === "1";
}
