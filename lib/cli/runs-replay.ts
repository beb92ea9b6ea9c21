import { type ReplayResult, replayRun } from "../app/replay-run.ts";
import { FlowError } from "../core/flow-error.ts";
import { EXIT } from "./exit.ts";
import { type HistoryOptions, noSuchRun } from "./history.ts";
import type { Terminal } from "./new/ask-for-workflow.ts";
import { type ActOptions, actOnAll, type Outcome } from "./operate/act-on-all.ts";
import { choose } from "./operate/confirm.ts";
import { editEvent } from "./operate/edit-event.ts";
import { checkVersion, findVersion, type VersionEntry } from "./operate/find-version.ts";
import { checkRunIds, filterOf, type RunFilter, selectRuns } from "./operate/select-runs.ts";
import { type Stage, withStage } from "./stage.ts";

/** Options of `runs replay`. */
export interface RunsReplayOptions extends HistoryOptions, ActOptions, RunFilter {
  /** How the hash of a version begins. */
  readonly version?: string;
  readonly edit?: boolean;
  readonly again?: boolean;
}

/**
 * Runs the events of runs again, as runs of their own.
 * @throws FlowError `invalid_input` for runs or a version that cannot be meant, `config_error` when the stage cannot be asked.
 */
export async function replayRuns(
  ids: readonly string[],
  options: RunsReplayOptions,
  terminal: Terminal | undefined,
): Promise<number> {
  const { version, edit, again = false } = options;
  if (version !== undefined) checkVersion(version);
  return withStage(options, async (stage) => {
    const body = edit ? await editedBody(stage, ids, options, terminal) : undefined;
    if (body === null) return EXIT.failed;
    const selection = await selectRuns(stage, ids, filterOf(options), []);
    const versionOf = rememberVersions(stage, version);
    const apply = async (runId: string): Promise<Outcome> => {
      const run = await stage.store.summary(runId);
      if (!run) return { kind: "missing", word: "not found" };
      const runsOn = await versionOf(run.workflow);
      if (!runsOn)
        return {
          kind: "left_out",
          word: "without a file",
          note: `${run.workflow} has none any more: name a version that is kept with --version`,
        };
      const how = { again, sparing: !selection.isNamed, ...(body && { body }) };
      return replayOutcome(await replayRun(stage.operator, runId, { version: runsOn, ...how }));
    };
    return actOnAll(selection, { verb: "replay", done: "replayed", apply }, options, terminal);
  });
}

/** The event as somebody edited it; undefined: as it is, null: not at all. */
async function editedBody(
  { store }: Stage,
  ids: readonly string[],
  { stage }: RunsReplayOptions,
  terminal: Terminal | undefined,
): Promise<Uint8Array | undefined | null> {
  const [runId] = ids;
  if (runId === undefined || ids.length > 1)
    throw new FlowError("invalid_input", "--edit is for one run: name it by its id");
  if (!terminal)
    throw new FlowError("invalid_input", "--edit opens an editor, and there is no terminal to open it in");
  checkRunIds(ids);
  const run = await store.get(runId);
  if (!run) throw noSuchRun(runId, stage);
  if (run.blanked) return undefined;
  const edited = await editEvent(run.event, terminal);
  switch (edited.kind) {
    case "edited":
      return edited.body;
    case "unchanged": {
      const answers = [
        ["No", null],
        ["Yes", undefined],
      ] as const;
      return choose("The event is unchanged. Replay it as it is?", answers, terminal);
    }
    case "given_up":
      process.stderr.write(`Nothing was replayed. What you wrote is in ${edited.file}\n`);
      return null;
  }
}

function rememberVersions(
  stage: Stage,
  prefix: string | undefined,
): (name: string) => Promise<VersionEntry | undefined> {
  const known = new Map<string, Promise<VersionEntry | undefined>>();
  return (name) => {
    const found = known.get(name) ?? findVersion(stage, name, prefix);
    known.set(name, found);
    return found;
  };
}

function replayOutcome(result: ReplayResult): Outcome {
  switch (result.kind) {
    case "replayed": {
      const { replayId } = result;
      return { kind: "done", word: "replayed", note: `as ${replayId}`, fields: { replay_id: replayId } };
    }
    case "before": {
      const { replayId, status } = result;
      const note = `${replayId} (${status ?? "not kept"}); --again makes another one`;
      return { kind: "left_out", word: "replayed before", note, fields: { replay_id: replayId } };
    }
    case "is_replay":
      return { kind: "left_out", word: "replays themselves" };
    case "blanked":
      return { kind: "left_out", word: "blanked", note: "history.redact has blanked its event" };
    case "missing":
      return { kind: "missing", word: "not found" };
  }
}
