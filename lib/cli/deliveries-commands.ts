import { type Command, Option } from "commander";
import { RECEIPT_OUTCOMES } from "../core/ports/deliveries.ts";
import { example, printsFrom, sinceOption, untilOption, wholeNumber } from "./command-options.ts";

/** Adds `deliveries` and what is below it; what a command does is loaded when it is called. */
export function addDeliveriesCommands(program: Command, done: (exitCode: number) => void): void {
  const deliveries = program
    .command("deliveries")
    .description("Look at what was sent to webhooks, and what became of it")
    .addHelpText("after", example(["hookline deliveries list --outcome refused"]));
  printsFrom(
    deliveries
      .command("list")
      .description("List deliveries, newest first; those that became no run are kept for seven days")
      .option("--workflow <name>", "deliveries to this workflow only")
      .addOption(
        new Option("--outcome <outcome>", "only those that this became of").choices([
          "accepted",
          ...RECEIPT_OUTCOMES,
        ]),
      )
      .addOption(sinceOption())
      .addOption(untilOption())
      .addOption(new Option("--limit <n>", "how many at most").default(20).argParser(wholeNumber(1, 1_000))),
  )
    .addHelpText(
      "after",
      example([
        "hookline deliveries list",
        "hookline deliveries list --workflow order-webhook --outcome refused --since 2h",
        "hookline deliveries list --stage prod --json | jq -r '.[].reason'",
      ]),
    )
    .action(async (options) => done(await (await import("./deliveries-list.ts")).printDeliveries(options)));
  printsFrom(
    deliveries
      .command("show")
      .description("Show one delivery")
      .argument("<id>", "its id, or that of the run which it became"),
  )
    .addHelpText("after", example(["hookline deliveries show 019d0c1e-…"]))
    .action(async (id, options) =>
      done(await (await import("./deliveries-show.ts")).showDelivery(id, options)),
    );
}
