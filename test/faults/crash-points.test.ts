import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createPython } from "../../lib/adapters/python/python-pool.ts";
import { isSettled } from "../../lib/core/journal.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import type { HttpRequest } from "../../lib/core/ports/http.ts";
import type { ChatRequest } from "../../lib/core/ports/llm.ts";
import type { Python } from "../../lib/core/ports/python.ts";
import { isFinal } from "../../lib/core/run.ts";
import { type Call, FAULTS, textOfAll } from "../support/faults.ts";
import { outcomeOf, play, requestsIn, type Trial } from "./trial.ts";
import { CARD, type FaultCase, SECRET, WORKFLOWS } from "./workflows.ts";

const pool = createPython({ spare: false });
// One interpreter for all: that runs never share one is the contract suite's matter.
const python: Python = { run: (request) => pool.run({ ...request, runId: "faults" }), endRun() {} };
afterAll(() => pool.close());

/** What a trial is compared with. */
interface Undisturbed {
  readonly given: FaultCase;
  /** Its step 1 is `at_most_once`. */
  readonly once: boolean;
  readonly costUsd: number | undefined;
  readonly outcome: JsonObject | undefined;
  /** How the run and those that it started ended. */
  readonly whole: string;
}

/** What each promise asks of a trial: undefined where it is kept, else what is there instead. */
const PROMISES: {
  readonly [promise: string]: (trial: Trial, undisturbed: Undisturbed, struck: string) => unknown;
} = {
  "P1 a 2xx means stored, any other answer leaves nothing that runs": ({ answer, run, calls }) => {
    if (answer?.status === 202 ? run : !answer || !(run || requestsIn(calls).length > 0)) return undefined;
    return { answer: answer?.status ?? "none", run: run?.status ?? "none" };
  },

  "P2 what is stored ends as if undisturbed; what failed is in the dead-letter queue with its reason": (
    { run, children, world: { queue } },
    { outcome: { status, error } = {} },
  ) => {
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
  },

  "P4 a final status never changes": ({ finals }) => (new Set(finals).size > 1 ? finals : undefined),

  "P5 a step that has an entry never runs again": ({ ranAgain, run, children }) => {
    const paths = [run, ...children].flatMap((one) =>
      (one?.journal ?? []).filter(isSettled).map(({ path }) => `${one?.runId} ${path}`),
    );
    const twice = paths.filter((path, index) => paths.indexOf(path) < index);
    return ranAgain.length + twice.length > 0 ? { ranAgain, twice } : undefined;
  },

  "P6 a repeated call is the same call, and at_most_once is not repeated": ({ calls }, { once }) => {
    const byKey = Map.groupBy(calls.flatMap(keyedCall), ({ key }) => key);
    const changed = [...byKey].filter(
      ([key, requests]) =>
        new Set(requests.map(({ sent }) => sent)).size > 1 ||
        (once && key.endsWith("-1") && requests.length > 1),
    );
    return changed.length > 0 ? changed : undefined;
  },

  "P7 every step has its entry, and state and result are as if undisturbed": (trial, undisturbed) => {
    const { run } = trial;
    const whole = wholeOf(trial, undisturbed.given);
    if (!run || isUnknown(run) || whole === undisturbed.whole) return undefined;
    return { outcome: whole, wanted: undisturbed.whole };
  },

  "what models cost is counted, and counted once": ({ run }, { costUsd }, struck) => {
    // What a call cost whose answer never came nobody knows.
    if (!run || struck === "model.complete") return undefined;
    return run.costUsd === costUsd ? undefined : run.costUsd;
  },

  "P8 no secret is in anything stored, sent to a queue or logged, and no blanked path in the history": ({
    calls,
    world: { log, queue },
    run,
  }) => {
    const kept = textOfAll([
      calls.filter(({ name }) => name !== "peer.send"),
      log.lines,
      queue.deadLetters,
      run,
    ]);
    const secrets = [SECRET, btoa(SECRET), encodeURIComponent(SECRET)].filter((form) => kept.includes(form));
    const blanked = [CARD].filter((value) => textOfAll(run ?? null).includes(value));
    return secrets.length + blanked.length > 0 ? { secrets, blanked } : undefined;
  },
};

describe.each(Object.entries(WORKFLOWS))("%s, struck at every call", (_about, workflow) => {
  const given = { ...workflow, ...(workflow.python && { python }) };
  /** Where a promise is broken, each with what is there instead. Trials themselves are not kept: they are large. */
  const broken = new Map(Object.keys(PROMISES).map((promise): [string, unknown[]] => [promise, []]));

  beforeAll(async () => {
    const trial = await play(given);
    const undisturbed: Undisturbed = {
      given,
      once: textOfAll(given.file).includes("at_most_once"),
      costUsd: trial.run?.costUsd,
      outcome: outcomeOf(trial.run),
      whole: wholeOf(trial, given),
    };
    for (const [at, { name }] of trial.calls.entries()) {
      for (const fault of FAULTS) {
        if (isCallOfStep(name) && given.acceptsFailures && !fault.startsWith("death")) continue;
        const struck = await play(given, [{ at, fault }]);
        for (const [promise, check] of Object.entries(PROMISES)) {
          const found = check(struck, undisturbed, name);
          if (found !== undefined)
            broken.get(promise)?.push({ where: `${fault} at call ${at}, ${name}`, found });
        }
      }
    }
  });

  test.each(Object.keys(PROMISES))("%s", (promise) => {
    expect(broken.get(promise)).toEqual([]);
  });
});

/** How a run and those that it started ended, as one text. */
function wholeOf({ run, children }: Trial, { races }: FaultCase): string {
  return textOfAll([run, ...children].map((one) => textOfAll(outcomeOf(one, races) ?? null)).sort());
}

/** A call that a step makes, not the stage itself. */
function isCallOfStep(name: string): boolean {
  return /^(?:peer|model|python)\./.test(name);
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
