import { styleText } from "node:util";
import type { LoopView } from "../app/describe-loops.ts";
import type { RunView, StepView } from "../app/describe-run.ts";
import { columns } from "./columns.ts";
import { localIso } from "./local-time.ts";
import { printable } from "./printable.ts";

/** How text is coloured: as the stream it goes to can show it. */
export type Paint = (style: "green" | "red" | "yellow" | "dim" | "bold", text: string) => string;

/** Colours for a stream; none when it is no terminal or NO_COLOR is set. */
export function paintFor(stream: NodeJS.WritableStream): Paint {
  return (style, text) => styleText(style, text, { stream });
}

/** The colour of how a run stands or ended. */
export function statusStyle(status: string): Parameters<Paint>[0] {
  return status === "succeeded" ? "green" : status === "failed" ? "red" : "yellow";
}

const MARKS: { readonly [status: string]: readonly [string, Parameters<Paint>[0]] } = {
  ok: ["✓", "green"],
  cached: ["≈", "green"],
  skipped: ["–", "dim"],
  dropped: ["∅", "yellow"],
  stopped: ["■", "green"],
  waiting: ["…", "dim"],
  retrying: ["↻", "yellow"],
  started: ["…", "dim"],
  failed: ["✗", "red"],
};

/** One step as a line, and below it what it printed, what it warns of, and why it failed. */
export function stepText(step: StepView, paint: Paint): string {
  const [mark, style] = MARKS[step.status] ?? ["?", "dim"];
  const details = [
    step.status,
    `${step.duration_ms} ms`,
    ...(step.attempts > 1 ? [`${step.attempts} attempts`] : []),
    ...(step.saved_usd === null ? [] : [`saved $${step.saved_usd}`]),
    ...(step.note === null ? [] : [printable(step.note)]),
  ];
  const depth = "  ".repeat(step.path.split(".").length - 1);
  const below = [
    ...step.logs.map(({ message }) => paint("dim", `› ${printable(message)}`)),
    ...step.warnings.map((line) => paint("yellow", `! ${printable(line)}`)),
    ...(step.error ? [paint("red", `${step.error.class}: ${printable(step.error.message)}`)] : []),
  ];
  const head = `${paint(style, mark)} ${depth}${step.path.padEnd(4)} ${step.id}  ${paint("dim", details.join(" · "))}`;
  return [head, ...below.map((line) => `  ${depth}     ${line.replaceAll("\n", `\n  ${depth}     `)}`)].join(
    "\n",
  );
}

/** A run's end for people: status, why, and the state or the output. */
export function runEndText(run: RunView, paint: Paint): string {
  const why = run.error
    ? [
        `${run.error.class}${run.error.step === null ? "" : ` at step ${run.error.step}`}: ${run.error.message}`,
      ]
    : run.reason === null
      ? []
      : [run.reason];
  const shown = run.status === "succeeded" ? run.output : run.state;
  return [
    `${paint(statusStyle(run.status), run.status)}  ${run.run_id}`,
    ...why.map(printable),
    printable(JSON.stringify(shown, null, 2)),
  ].join("\n");
}

/** A run of the history for people: its facts, its steps, its end. */
export function runText(run: RunView, paint: Paint, loops: readonly LoopView[] = []): string {
  const time = (iso: string | null) => (iso === null ? "–" : localIso(Date.parse(iso)));
  const facts = columns([
    ["workflow", `${run.workflow} (${run.hash.slice(0, 12)})`],
    ...(run.parent ? [["parent", `${run.parent.run_id} at step ${run.parent.path}`]] : []),
    ...(run.chunk
      ? [["chunk", `${run.chunk.number + 1} of ${run.chunk.of}, from item ${run.chunk.first_item} on`]]
      : []),
    ...loops.map((loop) => ["loop", loopText(loop, run.status)]),
    ...run.children.map(({ run_id, path }) => ["child", `${run_id} of step ${path}`]),
    ...(run.replay_of
      ? [["replay of", `${run.replay_of.run_id}${run.replay_of.edited ? ", with an edited event" : ""}`]]
      : []),
    ...run.replays.map((id) => ["replayed as", id]),
    ...run.redrives.map(({ at }) => ["redriven", time(at)]),
    ["created", time(run.created_at)],
    ["started", time(run.started_at)],
    ["finished", time(run.finished_at)],
    ["attempts", String(run.attempts)],
    ...(run.cost_usd > 0 ? [["cost", `$${run.cost_usd}`]] : []),
    ...(run.saved_usd > 0 ? [["saved", `$${run.saved_usd}`]] : []),
  ]);
  return [...facts, "", ...stepLines(run, paint), "", runEndText(run, paint)].join("\n");
}

/** The steps in their order, and between them who set the run going again. */
function stepLines({ steps, redrives }: RunView, paint: Paint): readonly string[] {
  const redrivenAt = (index: number) =>
    redrives.flatMap(({ at, steps: before }, nth) =>
      before === index ? [paint("bold", `↻ redriven (${nth + 1}) ${localIso(Date.parse(at))}`)] : [],
    );
  return [
    ...steps.flatMap((step, index) => [...redrivenAt(index), stepText(step, paint)]),
    ...redrivenAt(steps.length),
  ];
}

/** How a loop's chunks stand, and the ids by which they are shown. */
function loopText(
  { path, id, chunks, ended, failed, first_run_id, failed_run_ids }: LoopView,
  status: RunView["status"],
): string {
  const word = status === "cancelled" ? "cancelled or failed" : "failed";
  const failures = failed === 0 ? "" : `, ${failed} ${word} (${failed_run_ids.join(", ")})`;
  return `step ${path} (${id}): ${ended} of ${chunks} chunks ended${failures}; the first is run ${first_run_id}`;
}
