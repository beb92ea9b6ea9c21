import type { RunView } from "../../lib/app/describe-run.ts";
import type { JournalEntry } from "../../lib/core/journal.ts";
import type { RunRecord, StoredEvent } from "../../lib/core/run.ts";
import type { Workflow } from "../../lib/core/workflow.ts";
import { stepTypes } from "../../lib/steps/registry.ts";
import { checkCase } from "../../lib/testing/check-case.ts";
import type { Failure } from "../../lib/testing/failure.ts";
import { appendCase } from "../../lib/testing/record/append-case.ts";
import { type Recording, recordRun } from "../../lib/testing/record/record-run.ts";
import { type CaseTools, runCase } from "../../lib/testing/run-case.ts";
import type { Interpreters } from "../../lib/testing/run-scripted.ts";
import { loadTestFile } from "../../lib/testing/test-file.ts";
import { type Example, runExample } from "./example.ts";

/** A run of this process as a store would have it. */
function storedRun(
  view: RunView,
  { event, journal, workflow }: { event: StoredEvent; journal: readonly JournalEntry[]; workflow: Workflow },
): RunRecord {
  const [createdAt, startedAt] = [Date.parse(view.created_at), Date.parse(view.started_at ?? "")];
  return {
    runId: view.run_id,
    workflow: view.workflow,
    hash: view.hash,
    stage: "test",
    event,
    createdAt,
    dueAt: createdAt,
    expiresAt: createdAt,
    status: view.status,
    attempt: 1,
    epoch: 1,
    failures: 0,
    startedAt,
    spentMs: 0,
    costUsd: view.cost_usd,
    journal,
    ...(view.error && { error: view.error }),
    ...(view.reason !== null && { reason: view.reason }),
    ...(workflow.output !== undefined && view.status === "succeeded" && { output: view.output }),
  };
}

/** A recording that was run. */
interface Recorded {
  /** What is not as recorded. */
  readonly failures: readonly Failure[];
  /** The test file. */
  readonly text: string;
}

/** Runs an example of the language, records the run as a case, and runs that. */
export async function recordExample(example: Example, interpreters: Interpreters): Promise<Recorded> {
  const made = await runExample(example.given, interpreters);
  const { workflow, find } = made;
  const known = (name: string) => example.given.env?.[name];
  return recorded(storedRun(made.view, made), { workflow, today: workflow, known, find }, interpreters);
}

/** Records a stored run as a case, and runs that, on another version if one is given. */
export function recordStored(
  run: RunRecord,
  workflow: Workflow,
  interpreters: Interpreters,
  today = workflow,
): Promise<Recorded> {
  return recorded(run, { workflow, today, known: () => undefined, find: () => workflow }, interpreters);
}

async function recorded(
  run: RunRecord,
  {
    workflow,
    today,
    known,
    find,
  }: Pick<Recording, "workflow" | "known"> & { today: Workflow } & Pick<CaseTools, "find">,
  interpreters: Interpreters,
): Promise<Recorded> {
  const tools = { ...interpreters, steps: stepTypes, readFile: () => "", find };
  const content = await recordRun(run, { workflow, name: "recorded", steps: stepTypes, tools, known });
  const text = appendCase(undefined, "example.test.yaml", content, "Recorded");
  const loaded = loadTestFile(text, "example.test.yaml");
  const [one] = "test" in loaded ? loaded.test.cases : [];
  if (!one) throw new Error(`${JSON.stringify(loaded.problems)}\n${text}`);
  return { failures: checkCase(one.expected, await runCase(today, one, tools)), text };
}
