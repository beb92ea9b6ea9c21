import { type Command, Option } from "commander";
import { RUN_STATUSES, type RunStatus } from "../core/run.ts";
import {
  addActOptions,
  classOption,
  example,
  printsFrom,
  sinceOption,
  terminalFor,
  untilOption,
  wholeNumber,
} from "./command-options.ts";

/** Adds `runs` and what is below it; what a command does is loaded when it is called. */
export function addRunsCommands(program: Command, done: (exitCode: number) => void): void {
  const runs = program
    .command("runs")
    .description("Look at the history of runs; redrive, replay and cancel them")
    .addHelpText(
      "after",
      example([
        "hookline runs list --status failed",
        "hookline runs show 019d0c1e-…",
        "hookline runs redrive 019d0c1e-…",
      ]),
    );
  printsFrom(
    runs
      .command("list")
      .description("List runs, newest first")
      .option("--workflow <name>", "runs of this workflow only")
      .addOption(new Option("--status <status>", "runs of this status only").choices(RUN_STATUSES))
      .addOption(classOption())
      .addOption(sinceOption())
      .addOption(untilOption())
      .addOption(
        new Option(
          "--find <text>",
          "the runs of an id, of the first 8 characters of one or more, or of a business key (input.dedupe.key)",
        ).conflicts(["status", "class", "since", "until"]),
      )
      .addOption(new Option("--limit <n>", "how many at most").default(20).argParser(wholeNumber(1, 1_000))),
  )
    .addHelpText(
      "after",
      example([
        "hookline runs list",
        "hookline runs list --workflow order-webhook --status failed --limit 5 --json",
        "hookline runs list --class rate_limited --since 2h",
        "hookline runs list --find order-1001",
      ]),
    )
    .action(async (options) => done(await (await import("./runs-list.ts")).listRuns(options)));
  printsFrom(
    runs
      .command("show")
      .description("Show one run with its steps, and what can be done about it")
      .argument("<run-id>", "id of the run, its first 8 characters or more, or a business key"),
  )
    .addHelpText(
      "after",
      example(["hookline runs show 019d0c1e-…", "hookline runs show 019d0c1e-… --json | jq .state"]),
    )
    .action(async (runId, options) => done(await (await import("./runs-show.ts")).showRun(runId, options)));
  printsFrom(
    runs
      .command("explain")
      .description(
        "Say why a run stands as it does: the line of the file, what its step was given, each attempt",
      )
      .argument("<run-id>", "id of the run, its first 8 characters or more, or a business key"),
  )
    .addHelpText(
      "after",
      example([
        "hookline runs explain 019d0c1e-…",
        "hookline runs explain 019d0c1e-… --stage prod",
        "hookline runs explain 019d0c1e-… --json | jq .step.inputs.params",
      ]),
    )
    .action(async (runId, options) =>
      done(await (await import("./runs-explain.ts")).explainOneRun(runId, options)),
    );
  printsFrom(
    runs
      .command("tail")
      .description("Follow runs as they begin and end, until Ctrl-C")
      .option("--workflow <name>", "runs of this workflow only")
      .addOption(
        new Option("--status <status>", "tell only of runs that have this status").choices(RUN_STATUSES),
      )
      .addOption(
        new Option("--every <seconds>", "how often it looks").default(2).argParser(wholeNumber(1, 3_600)),
      ),
    "print a line of JSON for each",
  )
    .addHelpText(
      "after",
      `${example([
        "hookline runs tail",
        "hookline runs tail --workflow order-webhook --status failed",
        "hookline runs tail --stage prod --every 10 --json | jq -r .error.message",
      ])}

A look costs the same however many runs there are: it shows 100 new runs at most, and asks for 50 that are open.`,
    )
    .action(async (options) => done(await (await import("./runs-tail.ts")).tailRuns(options)));
  manyRuns(runs, "redrive", "Put failed runs back into the queue: they go on at the step that failed", [
    "failed",
  ])
    .option(
      "--repeat-unknown",
      "also where a call that may be made once at most had no answer: it is made again",
    )
    .addHelpText(
      "after",
      example([
        "hookline runs redrive 019d0c1e-…",
        "hookline runs redrive --workflow order-webhook --class server_error --since 2h --dry-run",
        "hookline runs redrive --class rate_limited --since 1d --per-second 5 --yes --stage prod",
      ]),
    )
    .action(async (ids, options) =>
      done(await (await import("./runs-redrive.ts")).redriveRuns(ids, options, terminalFor(options))),
    );
  manyRuns(runs, "replay", "Run the events of runs again, as new runs", RUN_STATUSES)
    .option("--version <hash>", "on this version, by the beginning of its hash (default: today's)")
    .option("--edit", "open the event of one run in $VISUAL or $EDITOR first")
    .option("--again", "also those that were replayed before")
    .addHelpText(
      "after",
      example([
        "hookline runs replay 019d0c1e-…",
        "hookline runs replay 019d0c1e-… --edit",
        "hookline runs replay 019d0c1e-… --version 4f1c09",
        "hookline runs replay --workflow order-webhook --status failed --since 2026-11-23 --dry-run",
      ]),
    )
    .action(async (ids, options) =>
      done(await (await import("./runs-replay.ts")).replayRuns(ids, options, terminalFor(options))),
    );
  manyRuns(runs, "cancel", "End runs as cancelled, and those they wait for", ["queued", "running", "waiting"])
    .addHelpText(
      "after",
      example([
        "hookline runs cancel 019d0c1e-…",
        "hookline runs cancel --workflow order-webhook --status waiting --dry-run",
      ]),
    )
    .action(async (ids, options) =>
      done(await (await import("./runs-cancel.ts")).cancelRuns(ids, options, terminalFor(options))),
    );
}

/** A command for runs that are named, or chosen by a filter. */
function manyRuns(runs: Command, name: string, description: string, statuses: readonly RunStatus[]): Command {
  const command = runs
    .command(name)
    .description(description)
    .argument("[run-ids...]", "ids of the runs; without any, those that the options below choose")
    .option("--workflow <name>", "runs of this workflow")
    .addOption(new Option("--status <status>", "runs of this status").choices(statuses))
    .addOption(classOption())
    .addOption(sinceOption())
    .addOption(untilOption());
  return addActOptions(command);
}
