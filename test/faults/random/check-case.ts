import { FAULTS, type Strike } from "../../support/faults.ts";
import { play } from "../trial.ts";
import { disagreements } from "./agreement.ts";
import { chanceOf } from "./chance.ts";
import type { RandomCase } from "./random-case.ts";

/** A fault at a call that is given by its number. */
export type NumberedStrike = Strike & { readonly at: number };

/** Where engine and model differ on a case that is struck as planned, in words; empty: they agree. */
export async function checkCase(
  given: RandomCase,
  strikes: readonly NumberedStrike[] = [],
): Promise<readonly string[]> {
  try {
    const trial = await play(given, strikes);
    // Two deaths at one step end the run, as they should.
    const isPoison =
      strikes.length > 1 &&
      [trial.run, ...trial.children].some((run) => run?.error?.message.includes("the process died twice"));
    return isPoison ? [] : disagreements(given, trial, strikes.length > 0);
  } catch (fault) {
    return [`fault: ${(fault as Error).message}`];
  }
}

/** As many faults as the number says, at calls chosen by the case's seed, none that would change what is to come of it. */
export async function randomStrikes(given: RandomCase, count: number): Promise<readonly NumberedStrike[]> {
  const chance = chanceOf(given.seed ^ 0x5eed);
  const strikes: NumberedStrike[] = [];
  for (let first = 0; strikes.length < count; ) {
    const { calls } = await play(given, strikes);
    const last = calls.length - 1;
    if (first > last) break;
    const at = first + chance.upTo(last - first);
    const isOfStep = calls[at]?.name === "peer.send" && given.acceptsFailures;
    strikes.push({ at, fault: chance.pick(isOfStep ? FAULTS.slice(0, 2) : FAULTS) });
    first = at + 1;
  }
  return strikes;
}
