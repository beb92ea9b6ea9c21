import { describeRun, type RunView } from "../../app/describe-run.ts";
import { readBody } from "../../core/event-body.ts";
import { FlowError } from "../../core/flow-error.ts";
import type { JsonObject } from "../../core/json.ts";
import { nestsDeeperThan } from "../../core/json-depth.ts";
import { lastRound } from "../../core/redriven-journal.ts";
import { isFinal, type RunRecord } from "../../core/run.ts";
import type { AnyStep } from "../../core/step.ts";
import type { Workflow } from "../../core/workflow.ts";
import { testFileSchema } from "../case-schema.ts";
import { type CaseTools, runCase } from "../run-case.ts";
import { recordedExpected } from "./recorded-expected.ts";
import { recordedGiven } from "./recorded-given.ts";

/** What a recording needs beside the run. */
export interface Recording {
  /** The version that the run ran on. */
  readonly workflow: Workflow;
  readonly name: string;
  readonly steps: ReadonlyMap<string, AnyStep>;
  readonly tools: CaseTools;
  /** Values of the environment that are no secrets, as far as they are known. */
  known(name: string): string | undefined;
}

/**
 * Makes a case of a stored run: its event, the answers it got, and what came of it.
 * @throws FlowError `invalid_input` for a run that has not ended, or whose end no test can bring about.
 */
export async function recordRun(stored: RunRecord, recording: Recording): Promise<JsonObject> {
  const run = { ...stored, journal: lastRound(stored.journal, stored.redrives) };
  const view = describeRun(run);
  refuse(run, view);
  const { workflow, name, steps, tools } = recording;
  const told = recordedGiven(run, workflow, steps, recording.known);
  const lost = (await runCase(workflow, asCase(told), tools)).missed.flatMap((call) => lostAnswer(call, run));
  const withLost = (given: JsonObject): JsonObject =>
    lost.length === 0
      ? given
      : { ...given, answers: [...(Array.isArray(given.answers) ? given.answers : []), ...lost] };
  const given = withLost(told);
  const elsewhere = withLost(recordedGiven(run, workflow, steps, recording.known, "other"));
  const once = await runCase(workflow, asCase(given), tools);
  const again = await runCase(workflow, asCase(elsewhere), tools, { disturbed: true });
  const expect = recordedExpected(run, view, workflow, steps, [once.view, again.view]);
  return { name, given, expect };
}

/** A call that was made, and whose answer the state could not take: the history has the step's failure only. */
function lostAnswer({ step }: JsonObject, { journal }: RunRecord): JsonObject[] {
  const error = journal.findLast(({ id }) => id === step)?.error;
  return step === undefined || !error ? [] : [{ step, error: error.class }];
}

function asCase(given: JsonObject) {
  const parsed = testFileSchema.parse({ cases: [{ name: "recorded", given }] }).cases[0]?.given ?? {};
  return { given: parsed, ownAnswers: parsed.answers?.length ?? 0 };
}

/** A test file has 100 levels, some of them around what is recorded. */
const MOST_LEVELS = 90;

function refuse({ runId, status, error, event }: RunRecord, { state, output }: RunView): void {
  const no = (why: string) => new FlowError("invalid_input", `run ${runId} makes no test: ${why}`);
  if (!isFinal(status)) throw no(`it is ${status}, and only a run that has ended can be recorded`);
  if (status === "cancelled") throw no("somebody cancelled it, which no test does");
  if (error?.class === "internal")
    throw no("it ended by a fault of the machinery, which no test brings about");
  if ([readBody(event), state, output].some((value) => nestsDeeperThan(MOST_LEVELS, value)))
    throw no(`its event or state nests more than ${MOST_LEVELS} levels deep, which no test file holds`);
}
