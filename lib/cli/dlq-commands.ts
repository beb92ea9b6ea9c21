import { type Command, Option } from "commander";
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

/** Adds `dlq` and what is below it; what a command does is loaded when it is called. */
export function addDlqCommands(program: Command, done: (exitCode: number) => void): void {
  const dlq = program
    .command("dlq")
    .description(
      "Look after the dead-letter queues: runs that have failed leave a message there, and events that could not be stored",
    )
    .addHelpText("after", example(["hookline dlq list", "hookline dlq redrive --class server_error"]));
  printsFrom(
    filtered(dlq.command("list").description("List the messages, the oldest first")).addOption(
      new Option("--limit <n>", "how many at most").default(100).argParser(wholeNumber(1, 10_000)),
    ),
  )
    .addHelpText("after", example(["hookline dlq list", "hookline dlq list --foreign --json --stage prod"]))
    .action(async (options) => done(await (await import("./dlq-list.ts")).listDeadLetters(options)));
  addActOptions(
    filtered(
      dlq
        .command("redrive")
        .description(
          "Redrive the runs of messages, send events back to where they came from, and remove both; a message whose run is not failed any more is removed",
        )
        .argument("[ids...]", "runs whose messages are meant, or messages themselves (default: all)"),
    ),
  )
    .option(
      "--repeat-unknown",
      "also where a call that may be made once at most had no answer: it is made again",
    )
    .addHelpText(
      "after",
      example([
        "hookline dlq redrive 019d0c1e-…",
        "hookline dlq redrive --class server_error --since 6h --dry-run",
        "hookline dlq redrive --of events --workflow nightly-report",
        "hookline dlq redrive --stale --yes      only tidy up",
      ]),
    )
    .action(async (ids, options) =>
      done(await (await import("./dlq-redrive.ts")).redriveDeadLetters(ids, options, terminalFor(options))),
    );
  addActOptions(
    filtered(
      dlq
        .command("purge")
        .description("Remove messages; their runs stay as they are")
        .argument("[ids...]", "runs whose messages are meant, or messages themselves (default: all)"),
    ),
  )
    .addHelpText(
      "after",
      example(["hookline dlq purge --stale --yes", "hookline dlq purge --workflow order-webhook --dry-run"]),
    )
    .action(async (ids, options) =>
      done(await (await import("./dlq-purge.ts")).purgeDeadLetters(ids, options, terminalFor(options))),
    );
}

function filtered(command: Command): Command {
  return command
    .addOption(
      new Option("--of <what>", "only messages of runs, or of events that could not be stored").choices([
        "runs",
        "events",
      ]),
    )
    .option("--workflow <name>", "messages for this workflow")
    .addOption(classOption())
    .addOption(sinceOption())
    .addOption(untilOption())
    .option("--stale", "only those whose run is not failed, or not kept, any more")
    .option("--foreign", "only those that no code of Hookline wrote");
}
