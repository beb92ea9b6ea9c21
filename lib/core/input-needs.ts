import type { InputEntry } from "./workflow.ts";

/**
 * What an input asks of the functions that take its events beyond what all do: the deployment gives them the right to it, and only then.
 */
export type InputNeed = "secrets" | "answers" | "turns" | "slots" | "bursts" | "ticks";

/** The needs of inputs. */
export function inputNeeds(entries: readonly InputEntry[]): ReadonlySet<InputNeed> {
  return new Set(entries.flatMap(needsOf));
}

function needsOf({ webhook, schedule, environment = [] }: InputEntry): readonly InputNeed[] {
  const { respond, limits } = webhook ?? {};
  const needs: { readonly [need in InputNeed]: boolean } = {
    secrets: webhook !== undefined && environment.length > 0,
    answers: respond !== undefined,
    turns: limits?.rate !== undefined || limits?.batch !== undefined,
    slots: limits?.concurrency !== undefined,
    bursts: limits?.debounce?.maxSeconds !== undefined,
    ticks: schedule !== undefined && schedule.overlap !== "allow",
  };
  return (Object.keys(needs) as InputNeed[]).filter((need) => needs[need]);
}
