import { FAULTS, type Strike } from "../../support/faults.ts";
import { play, type Trial } from "../trial.ts";
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
    return isPoison(given, trial, strikes) ? [] : disagreements(given, trial, strikes.length > 0);
  } catch (fault) {
    return [`fault: ${(fault as Error).message}`];
  }
}

/** Two deaths at one step end the run or, in `on_failure`, what the run does about its failure. */
function isPoison(
  { file, expected }: RandomCase,
  { run, children, calls }: Trial,
  strikes: readonly NumberedStrike[],
): boolean {
  // Of a claim whose answer got lost only the lease knows, which runs out as if its owner had died.
  const deaths = strikes.filter(
    ({ at, fault }) =>
      fault.startsWith("death") || (fault === "answer lost" && calls[at]?.name === "store.claim"),
  );
  if (deaths.length < 2) return false;
  if ([run, ...children].some((one) => one?.error?.message.includes("the process died twice"))) return true;
  const failsAs = expected[0]?.error?.class;
  return failsAs !== undefined && file.on_failure !== undefined && run?.error?.class === failsAs;
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
