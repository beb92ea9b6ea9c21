import type { RunView } from "../app/describe-run.ts";
import { columns } from "./columns.ts";

/** What an operator can do about a run: commands to paste, each with what it does; none where nothing is to be done. */
export function nextSteps(run: RunView, where: string): readonly string[] {
  const command = (text: string) => `npx hookline runs ${text} ${run.run_id}${where}`;
  const choices = choicesFor(run).map(([text, flags, what]) => [`  ${command(text)}${flags}`, what]);
  return choices.length === 0 ? [] : ["", "What you can do:", ...columns(choices)];
}

type Choice = readonly [command: string, flags: string, what: string];

function choicesFor({ status, blanked, error }: RunView): readonly Choice[] {
  if (status === "queued" || status === "running" || status === "waiting")
    return [["cancel", "", "end it, and the runs it waits for"]];
  if (blanked || status === "succeeded" || status === "dropped") return [];
  const replay: Choice = ["replay", "", "from the start, on today's version (--edit: with another event)"];
  if (status === "cancelled") return [replay];
  const redrive: Choice =
    error?.class === "unknown_outcome"
      ? ["redrive", " --repeat-unknown", `see whether ${placeOf(error.step)} took effect, then run it again`]
      : ["redrive", "", `go on at ${placeOf(error?.step ?? null)}, on the version it began with`];
  return [redrive, replay];
}

function placeOf(step: string | null): string {
  return step === null ? "where it failed" : `step ${step}`;
}
