import type { Command } from "commander";
import { example, printsFrom, terminalFor } from "./command-options.ts";

/** Adds `secrets` and what is below it; what a command does is loaded when it is called. */
export function addSecretsCommands(program: Command, done: (exitCode: number) => void): void {
  const secrets = program
    .command("secrets")
    .description("Look after the secrets that workflows read; values are never shown")
    .addHelpText("after", example(["hookline secrets list", "hookline secrets set OPENAI_API_KEY"]));
  printsFrom(
    secrets
      .command("list")
      .description("List the secrets that workflows read, whether each has a value, and who reads it")
      .option("--missing", "only those without a value"),
  )
    .addHelpText(
      "after",
      `${example(["hookline secrets list", "hookline secrets list --missing --stage prod", "hookline secrets list --json | jq -r '.[].name'"])}

Exit codes: 0 each that is needed has a value, 1 one has none, 2 the stage cannot be asked.`,
    )
    .action(async (options) => done(await (await import("./secrets-list.ts")).listSecrets(options)));
  const change = async (name: string, options: ChangeOptions, how: "set" | "rotate") => {
    const { changeOne } = await import("./secrets-change.ts");
    done(await changeOne(how, name, options, terminalFor(options)));
  };
  printsFrom(
    secrets
      .command("set")
      .description("Give a secret a value: from standard input, or typed unseen")
      .argument("<name>", "name that workflows read it by"),
  )
    .addHelpText(
      "after",
      example([
        "hookline secrets set OPENAI_API_KEY",
        "pass show openai | hookline secrets set OPENAI_API_KEY --stage prod",
        "hookline secrets set SIGNING_KEY --stage prod < key.pem",
      ]),
    )
    .action((name, options) => change(name, options, "set"));
  printsFrom(
    secrets
      .command("rotate")
      .description("Give a webhook's secret a new value, and keep the old one as the second that it takes")
      .argument("<name>", "name that stands first in the list of its verify"),
  )
    .addHelpText(
      "after",
      `${example(["hookline secrets rotate GITHUB_SECRET", "openssl rand -hex 32 | hookline secrets rotate GITHUB_SECRET --stage prod"])}

The file lists both: secret: ["\${env:GITHUB_SECRET}", "\${env:GITHUB_SECRET_OLD}"]. Deliveries signed with either are taken, until
"hookline secrets unset GITHUB_SECRET_OLD". A key for somebody else's service has no second one: set it there, then "hookline secrets set".`,
    )
    .action((name, options) => change(name, options, "rotate"));
  printsFrom(
    secrets
      .command("unset")
      .description("Take a secret's value away")
      .argument("<name>", "name that workflows read it by"),
  )
    .addHelpText("after", example(["hookline secrets unset GITHUB_SECRET_OLD --stage prod"]))
    .action(async (name, options) => done(await (await import("./secrets-change.ts")).unset(name, options)));
}

/** Where a secret is changed. */
interface ChangeOptions {
  readonly stage: string;
  readonly data: string;
  readonly json?: boolean;
}
