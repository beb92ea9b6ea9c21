import { type Command, InvalidArgumentError } from "commander";
import { example, printsFrom, sinceOption, terminalFor } from "./command-options.ts";

/** Adds `versions`, `rollback` and `rollout`; what a command does is loaded when it is called. */
export function addVersionsCommands(program: Command, done: (exitCode: number) => void): void {
  printsFrom(
    program
      .command("versions")
      .description("List the versions of a workflow, which one serves, and how their runs went")
      .argument("[name]", "name of the workflow (default: which version of each serves)")
      .addOption(sinceOption()),
  )
    .addHelpText(
      "after",
      example([
        "hookline versions",
        "hookline versions lead-intake --since 24h --stage prod",
        "hookline versions lead-intake --json | jq '.versions[] | {hash, percent}'",
      ]),
    )
    .action(async (name, options) =>
      done(await (await import("./versions/list-versions.ts")).listVersions(name, options)),
    );
  printsFrom(
    program
      .command("rollback")
      .description("Let an earlier version of a workflow serve new runs at once, without a deployment")
      .argument("<name>", "name of the workflow")
      .option(
        "--to <hash>",
        "the version, by the beginning of its hash (default: the one that served before)",
      )
      .option("--undo", "let the deployed version serve again")
      .option("--dry-run", "say what would be changed, and change nothing")
      .option("--yes", "don't ask"),
  )
    .addHelpText(
      "after",
      `${example([
        "hookline rollback lead-intake --stage prod",
        "hookline rollback lead-intake --to 0a1b2c3d --dry-run",
        "hookline rollback lead-intake --undo",
      ])}

It ends when another version is deployed. What starts a workflow, and what the functions may do, only a deployment changes.`,
    )
    .action(async (name, options) =>
      done(await (await import("./versions/roll-back.ts")).rollBack(name, options, terminalFor(options))),
    );
  printsFrom(
    program
      .command("rollout")
      .description("Give the deployed version of a workflow in rollout another share of the events")
      .argument("<name>", "name of the workflow")
      .argument("<share>", "share of the events, e.g. 25%; 100% ends the rollout", share),
  )
    .addHelpText(
      "after",
      `${example(["hookline rollout lead-intake 25%", "hookline rollout lead-intake 100% --stage prod"])}

A rollout begins when a version whose file says "rollout: 5%" is deployed; "hookline rollback" takes all events from it.`,
    )
    .action(async (name, percent, options) =>
      done(await (await import("./versions/roll-out.ts")).rollOut(name, percent, options)),
    );
}

function share(text: string): number {
  const percent = Number.parseFloat(text);
  if (/^\d{1,3}(\.\d{1,2})?%?$/.test(text) && percent <= 100) return percent;
  throw new InvalidArgumentError("Write a share of the events: 5%, 0.5% or 100%.");
}
