import { STAGE_NAME } from "../core/environment-source.ts";
import { readBody } from "../core/event-body.ts";
import { costOf, type JournalEntry } from "../core/journal.ts";
import type { Json } from "../core/json.ts";
import { parsePath } from "../core/path.ts";
import { REDACTED } from "../core/redactor.ts";
import { lastRound } from "../core/redriven-journal.ts";
import type { RunRecord } from "../core/run.ts";
import type { AnyStep } from "../core/step.ts";
import type { StepNode, Workflow } from "../core/workflow.ts";
import { revisitStep, type StepInputs } from "../engine/revisit-step.ts";
import { describeRun, describeStep, type RunView, type StepView } from "./describe-run.ts";
import { placedSteps } from "./match-steps.ts";
import { type StepPlace, standingOf } from "./standing-of.ts";

/** Why a run stands as it does, as `--json` prints it. Times are ISO 8601. */
export interface RunExplanation {
  readonly run: Omit<RunView, "state" | "output" | "steps">;
  /** What happened or what it waits for, in one sentence or two. */
  readonly why: string;
  /** When it goes on by itself, as far as that is known; null: nobody knows, or it does not. */
  readonly until: string | null;
  /** The step that is to blame: it failed, dropped or stopped the run, or is where an open run stands; null: none is. */
  readonly step: ExplainedStep | null;
}

/** A step of a run, and what it was given. */
export interface ExplainedStep {
  readonly path: string;
  readonly id: string;
  readonly type: string;
  /** The file, the line on which the step begins (from 1), and the file's text; null: the version is gone, or older than this. */
  readonly source: { readonly file: string; readonly line: number; readonly text: string } | null;
  /** What it was given, secrets blanked; null where that cannot be made again, and `note` says why. */
  readonly inputs: StepInputs | null;
  readonly note: string | null;
  /** What it came to last, where it was written; null: nowhere, or nothing. */
  readonly output: { readonly path: string; readonly value: Json } | null;
  /** Every time that it was begun, by delivery and redrive, with the attempts made. */
  readonly tries: readonly StepView[];
  /** US dollars of all of them. */
  readonly cost_usd: number;
}

/** What an explanation is made with. */
export interface Explainer {
  /** The version that the run began with; absent: nobody has its text any more. */
  readonly version: Workflow | undefined;
  readonly steps: ReadonlyMap<string, AnyStep>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Values of names that are no secrets; absent: they are not known, and the names stay. */
  env?(name: string): string | undefined;
}

/** Explains how a run came to stand as it does: what is to blame, what it was given, how often it was tried. */
export async function explainRun(explainer: Explainer, record: RunRecord): Promise<RunExplanation> {
  const { state: _state, output: _output, steps: _steps, ...run } = describeRun(record);
  const { why, until, at } = standingOf(record, explainer.now);
  return {
    run,
    why,
    until: until === undefined ? null : new Date(until).toISOString(),
    step: at ? await explainStep(explainer, record, at) : null,
  };
}

/** One step of a run: what it was given, and how often it was tried. */
export async function explainStep(
  explainer: Explainer,
  record: RunRecord,
  { path, id }: StepPlace,
): Promise<ExplainedStep> {
  const entries = record.journal.filter((entry) => entry.path === path);
  const { version: workflow } = explainer;
  const node = workflow && placedSteps(workflow).find(({ step }) => step.id === id)?.step;
  const text = workflow?.source;
  return {
    path,
    id,
    type: node?.type ?? entries[0]?.type ?? "",
    source: node && text !== undefined ? { file: workflow.file, line: node.line, text } : null,
    ...(await inputsAt(path, explainer, record)),
    output: outputOf(entries.at(-1), node),
    tries: entries.map(describeStep),
    cost_usd: costOf(entries),
  };
}

/** A result that is merged into the state, or is the whole of it, is what the step changed. */
function outputOf(entry: JournalEntry | undefined, node: StepNode | undefined): ExplainedStep["output"] {
  if (!entry || node === undefined || node.outputTo === null || node.inject) return null;
  const place = parsePath(node.outputTo).join("\0");
  const write = entry.patch.find((one) => one.path.join("\0") === place && !one.restores);
  return write?.value === undefined ? null : { path: node.outputTo, value: write.value };
}

async function inputsAt(
  path: string,
  explainer: Explainer,
  record: RunRecord,
): Promise<Pick<ExplainedStep, "inputs" | "note">> {
  const { version: workflow } = explainer;
  const none = (note: string) => ({ inputs: null, note });
  if (!workflow) return none("the text of its version is gone: what the step was given is not known");
  if (record.chunk)
    return none("it is a part of a loop: what the step was given is with the whole loop's run");
  const inputs = await revisitStep(
    {
      workflow,
      run: {
        id: record.runId,
        attempt: record.attempt,
        startedAt: record.startedAt ?? record.createdAt,
        depth: record.parent?.depth ?? 0,
      },
      stage: record.stage,
      event: readBody(record.event),
      request: record.event.request,
      steps: explainer.steps,
      journal: lastRound(record.journal, record.redrives),
      env: (name) => shownValue(name, workflow, record.stage, explainer),
    },
    path,
  );
  if (!inputs) return none("what the step was given cannot be made again from what was stored");
  return { inputs, note: record.blanked ? "history.redact has blanked some of this" : null };
}

function shownValue(
  name: string,
  { environment }: Workflow,
  stage: string,
  { env }: Explainer,
): string | undefined {
  if (name === STAGE_NAME) return stage;
  const known = environment.find((one) => one.name === name);
  if (known?.secret !== false) return REDACTED;
  return env && (env(name) ?? known.default);
}
