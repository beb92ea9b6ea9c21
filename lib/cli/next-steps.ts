import type { RunView } from "../app/describe-run.ts";
import { columns } from "./columns.ts";

/** What an operator can do about a run: commands to paste, each with what it does; none where nothing is to be done. */
export function nextSteps(run: ActedRun, where: string): readonly string[] {
  const command = ([text, flags, , runId = run.run_id]: Choice) =>
    `  npx hookline runs ${text} ${runId}${where}${flags}`;
  const choices = choicesFor(run).map((choice) => [command(choice), choice[2]]);
  return choices.length === 0 ? [] : ["", "What you can do:", ...columns(choices)];
}

type ActedRun = Pick<RunView, "run_id" | "status" | "blanked" | "error" | "chunk" | "parent">;

type Choice = readonly [command: string, flags: string, what: string, runId?: string | undefined];

function choicesFor({ status, blanked, error, chunk, parent }: ActedRun): readonly Choice[] {
  if (status === "queued" || status === "running" || status === "waiting")
    return [["cancel", "", "end it, and the runs it waits for"]];
  if (blanked || status === "succeeded" || status === "dropped") return [];
  const replay: Choice = ["replay", "", "from the start, on today's version (--edit: with another event)"];
  const whole: Choice = [
    "redrive",
    "",
    "the run that it is a part of: what failed in it goes on",
    parent?.run_id,
  ];
  if (status === "cancelled") return chunk ? [] : [replay];
  const redrive: Choice =
    error?.class === "unknown_outcome"
      ? ["redrive", " --repeat-unknown", `see whether ${placeOf(error.step)} took effect, then run it again`]
      : ["redrive", "", `go on at ${placeOf(error?.step ?? null)}, on the version it began with`];
  if (chunk) return error?.class === "unknown_outcome" ? [redrive, whole] : [whole];
  return [redrive, replay];
}

function placeOf(step: string | null): string {
  return step === null ? "where it failed" : `step ${step}`;
}
