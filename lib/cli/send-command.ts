import { type Command, Option } from "commander";
import { collect, example, printsFrom, wholeNumber } from "./command-options.ts";

const MOST_COPIES = 100;

/** Adds `send`. */
export function addSendCommand(program: Command, done: (exitCode: number) => void): void {
  printsFrom(
    program
      .command("send")
      .description(
        "Send a workflow a delivery as a service would: a sample of a preset, or a file's content, signed",
      )
      .argument("[preset-or-file]", "name of a preset, or a file with the body")
      .option("--list", "show the presets")
      .option("--workflow <name>", "workflow that gets it (default: the only one that it fits)")
      .option("--tamper", "change one character after signing: the answer must be 401")
      .option("--handshake", "send what the service asks before it calls")
      .addOption(
        new Option("--copies <n>", "send the very same delivery several times at once")
          .default(1)
          .argParser(wholeNumber(1, MOST_COPIES)),
      )
      .option("--header <name: value>", "header in place of the sample's, may be repeated", collect)
      .option("--env <name=value>", "value for ${env:NAME}, may be repeated", collect)
      .option("--private-key <file>", "key in PEM, where the workflow verifies with a public one")
      .option("--to <url>", "another URL than the workflow's own, e.g. that of a tunnel")
      .option("--workflows <dir>", "folder of the workflow files, for --stage and --to", "workflows"),
  )
    .addHelpText(
      "after",
      `${example([
        "hookline send --list",
        "hookline send github",
        "hookline send stripe --workflow orders --tamper",
        "hookline send slack --handshake                  what it asks before it calls",
        "hookline send slack/command                      another sample of it",
        "hookline send order.json --workflow orders --header 'x-order-source: shop'",
        "HOOKLINE_API_URL=https://… hookline send stripe --stage prod",
      ])}

The secret is looked up as the workflow does: --env, the shell, .env.local, .env; for --stage the stage's secret.
Exit codes: 0 the answer is as it should be, 1 it is not, 2 nothing could be sent.`,
    )
    .action(async (what, options) => done(await (await import("./send.ts")).send(what, options)));
}
