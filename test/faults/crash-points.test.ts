import { beforeAll, describe, expect, test } from "@jest/globals";
import { isSettled } from "../../lib/core/journal.ts";
import type { HttpRequest } from "../../lib/core/ports/http.ts";
import { FAULTS, type Strike, textOfAll } from "../support/faults.ts";
import { outcomeOf, play, requestsIn, stepOf, type Trial } from "./trial.ts";
import { CARD, SECRET, WORKFLOWS } from "./workflows.ts";

/** One fault at one call, and what came of it. */
interface Struck {
  readonly where: string;
  readonly trial: Trial;
}

describe.each(Object.entries(WORKFLOWS))("%s, struck at every call", (_about, given) => {
  let undisturbed: Trial;
  const all: Struck[] = [];

  beforeAll(async () => {
    undisturbed = await play(given);
    for (const [at, { name }] of undisturbed.calls.entries()) {
      for (const fault of FAULTS) {
        if (name === "peer.send" && given.acceptsFailures && !fault.startsWith("death")) continue;
        const strike: Strike = { at, fault };
        all.push({ where: `${fault} at call ${at}, ${name}`, trial: await play(given, [strike]) });
      }
    }
  });

  /** Where a promise is broken, each with what is there instead. */
  const broken = (check: (trial: Trial) => unknown) =>
    all.flatMap(({ where, trial }) => {
      const found = check(trial);
      return found === undefined ? [] : [{ where, found }];
    });
  const expected = () => outcomeOf(undisturbed.run);

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
      broken(({ run, world: { queue } }) => {
        if (!run) return undefined;
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
      broken(({ ranAgain, run }) => {
        const paths = run?.journal.filter(isSettled).map(({ path }) => path) ?? [];
        const twice = paths.filter((path, index) => paths.indexOf(path) < index);
        return ranAgain.length + twice.length > 0 ? { ranAgain, twice } : undefined;
      }),
    ).toEqual([]);
  });

  test("P6 a repeated call is the same call, and at_most_once is not repeated", () => {
    const once = textOfAll(given.file).includes("at_most_once");
    expect(
      broken(({ calls }) => {
        const byStep = Map.groupBy(requestsIn(calls), (request) => stepOf(request).path);
        const changed = [...byStep].filter(
          ([path, requests]) =>
            new Set(requests.map(sent)).size > 1 || (once && path === "1" && requests.length > 1),
        );
        return changed.length > 0 ? changed : undefined;
      }),
    ).toEqual([]);
  });

  test("P7 every step has its entry, and state and result are as if undisturbed", () => {
    expect(
      broken(({ run }) => {
        const outcome = outcomeOf(run);
        if (!run || isUnknown(run) || textOfAll(outcome) === textOfAll(expected())) return undefined;
        return { outcome, expected: expected() };
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

function sent({ method, url, headers, body }: HttpRequest): string {
  return textOfAll({ method, url, headers, body });
}

/** A call that may be made once, and whose outcome nobody knows. */
function isUnknown({
  error,
}: {
  readonly error?: { readonly class: string; readonly step: string | null };
}): boolean {
  return error?.class === "unknown_outcome" && error.step === "1";
}
