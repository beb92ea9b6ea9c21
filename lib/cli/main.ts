import { readFileSync } from "node:fs";
import { Argument, Command, CommanderError, Option } from "commander";
import { DEFAULT_DATA_FOLDER } from "../local/local-names.ts";
import {
  atStage,
  collect,
  dataOption,
  example,
  jsonOption,
  pastTime,
  printsFrom,
  sinceOption,
  timeSpan,
  wholeNumber,
} from "./command-options.ts";
import { addDeliveriesCommands } from "./deliveries-commands.ts";
import { addDeployCommand } from "./deploy-command.ts";
import { addDlqCommands } from "./dlq-commands.ts";
import { EXIT, reportFailure } from "./exit.ts";
import { LOG_LEVELS } from "./log-line.ts";
import { addRunsCommands } from "./runs-commands.ts";
import { addSecretsCommands } from "./secrets-commands.ts";
import { addSendCommand } from "./send-command.ts";
import { addVersionsCommands } from "./versions-commands.ts";

const DAY_MS = 86_400_000;
const port = wholeNumber(0, 65_535);

/** Every command of `hookline`; what a command does is loaded when it is called. */
export function createProgram(done: (exitCode: number) => void): Command {
  const program = new Command("hookline")
    .description("Reliable webhook-triggered AI workflows: one YAML file, your own AWS account.")
    .version(readVersion())
    .showHelpAfterError("(--help shows how it is used)")
    .exitOverride()
    // The version of Hookline is asked for before a command's name, that of a workflow behind it.
    .enablePositionalOptions()
    .addHelpText(
      "after",
      `${example([
        "hookline new                              a workflow with its tests, from a template",
        "hookline check workflows/order.yaml       what is wrong or risky in it",
        "hookline test                             its tests, offline",
        "hookline run workflows/order.yaml         one run, here and now",
        "hookline start                            the whole stack on this machine",
        "hookline runs list --status failed        what went wrong lately",
      ])}

Exit codes: 0 all is well (a run succeeded or was dropped), 1 a run or a test failed or something is to be looked at, 2 a file, a
stage or the command line cannot be used, 130 Ctrl-C. With --json a command's result is one line of JSON on standard output.`,
    );

  program
    .command("start")
    .description("Bring up the local stack: webhooks in, runs out, no account needed")
    .addOption(
      new Option("--port <n>", "port to listen on, 0 for any free one")
        .env("PORT")
        .default(8787)
        .argParser(port),
    )
    .option("--workflows <dir>", "folder of the workflow files", "workflows")
    .option("--data <dir>", "folder that keeps history and keys", DEFAULT_DATA_FOLDER)
    .addOption(new Option("--json", "print one line of JSON once everything answers"))
    .option("--verbose", "show the functions' log lines")
    .addHelpText(
      "after",
      example([
        "hookline start",
        "hookline start --port 9000 --workflows examples --data /tmp/hookline",
        "HOOKLINE_ALLOW_PRIVATE_HOSTS=localhost hookline start     let workflows call this machine",
      ]),
    )
    .action(async (options) => done(await (await import("./start.ts")).start(options)));

  program
    .command("new")
    .description("Make a workflow, its tests and a sample event from a template")
    .argument("[name]", "name of the workflow; in a terminal, what is missing is asked for")
    .option("--from <template>", "what it begins with (without a terminal: blank)")
    .option("--description <text>", "what it does")
    .option("--secret <name>", "a secret that it reads, may be repeated", collect)
    .option("--workflows <dir>", "folder of the workflow files", "workflows")
    .option("--list", "show the templates")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      example(["hookline new", "hookline new --list", "hookline new lead-intake --from lead-to-salesforce"]),
    )
    .action(async (name, options) => {
      const { stdin, stdout } = process;
      const terminal =
        stdin.isTTY && stdout.isTTY && !options.json ? { input: stdin, output: stdout } : undefined;
      done(await (await import("./new.ts")).newWorkflow(name, options, terminal));
    });

  program
    .command("run")
    .description("Run a workflow file once, in this process")
    .argument("<file>", "workflow file")
    .option("--event <file>", "JSON file with the event, - for standard input (default: {})")
    .option("--env <name=value>", "value for ${env:NAME}, may be repeated", collect)
    .option("--stage <name>", "stage the run plays: its .env.<stage>, and what stages.yaml says of it", "dev")
    .option("--mocks <file>", "answers that stand in for the network (YAML or JSON)")
    .addOption(new Option("--json", "print the run as one JSON object on standard output"))
    .addHelpText(
      "after",
      example([
        "hookline run workflows/order.yaml --event order.json",
        `echo '{"id": 7}' | hookline run workflows/order.yaml --event - --json`,
        "hookline run workflows/triage.yaml --env OPENAI_API_KEY=sk-… --mocks answers.yaml",
      ]),
    )
    .action(async (file, options) => done(await (await import("./run.ts")).run(file, options)));

  program
    .command("test")
    .description("Run the tests beside the workflows: no network, and waits take no time")
    .argument("[files...]", "test files, workflow files or folders (default: workflows)")
    .option("--watch", "run again when a file changes")
    .option("-t, --filter <text>", "only cases whose name holds this text")
    .option("--coverage [percent]", "show what no case entered; below the percentage the command fails")
    .option("--junit <file>", "write a report in JUnit's XML")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      example([
        "hookline test",
        "hookline test workflows/order.test.yaml --filter refund",
        "hookline test --coverage 100 --junit report.xml",
        "hookline test --watch",
      ]),
    )
    .action(async (files, options) => done(await (await import("./test.ts")).test(files, options)));

  atStage(
    program
      .command("record")
      .description("Make a test case of a stored run, and run it")
      .argument("<run-id>", "id of a run that has ended")
      .option(
        "--out <file>",
        "test file to add it to, - for standard output (default: the one beside the workflow)",
      )
      .option("--name <text>", "name of the case")
      .option("--env <name=value>", "value of ${env:NAME} that is no secret, may be repeated", collect)
      .option("--workflows <dir>", "folder of the workflow files", "workflows")
      .option("--force", "write the case although it does not pass"),
  )
    .addHelpText(
      "after",
      example([
        "hookline record 019d0c1e-…",
        "hookline record 019d0c1e-… --stage prod --name 'an order without lines'",
        "hookline record 019d0c1e-… --out -",
      ]),
    )
    .action(async (runId, options) => done(await (await import("./record.ts")).record(runId, options)));

  program
    .command("check")
    .description("Check workflow files: the language, the way of the data, secrets, retries, cost")
    .argument("[files...]", "workflow files and folders (default: workflows)")
    .option("--stage <name>", "also check that ${env:…} has values in this stage, as run finds them")
    .option("--env <name=value>", "value for ${env:NAME}, may be repeated", collect)
    .option("--fix", "change what can be changed safely, then tell the rest")
    .option("--checklist", "print the production checklist, item by item")
    .option("--notes", "show notes too")
    .option("--strict", "notes count as problems")
    .addOption(new Option("--json", "print one JSON object on standard output").conflicts("sarif"))
    .option("--sarif", "print SARIF 2.1.0, e.g. for code scanning")
    .addHelpText(
      "after",
      `${example([
        "hookline check",
        "hookline check workflows/order.yaml --stage prod",
        "hookline check --fix workflows",
        "hookline check --checklist workflows/order.yaml",
        "hookline check --sarif > hookline.sarif",
      ])}

Exit codes: 0 no errors and no warnings, 1 some were found, 2 a file cannot be read.
A comment switches a rule off: "# hookline-disable-line RULE" at the end of its line,
"# hookline-disable-next-line RULE" above it, "# hookline-disable RULE" for the file.
docs/rules.md lists the rules.`,
    )
    .action(async (files, options) =>
      done(await (await import("./check.ts")).check(files, options, readVersion())),
    );

  printsFrom(
    program
      .command("url")
      .description("Print the webhook URL of a workflow, or give it a new one")
      .argument("<name>", "name of the workflow")
      .option("--rotate", "give the workflow a new URL; those of others stay")
      .option("--pair", "wait for the secret that its service sends there once (Notion, Asana), and keep it")
      .addOption(
        new Option("--grace <time>", "how long the old URL stays valid: 0, 30m, 24h, 7d")
          .default(DAY_MS, "24h")
          .argParser(timeSpan),
      ),
  )
    .addHelpText(
      "after",
      example([
        "hookline url order-webhook",
        `curl -H 'content-type: application/json' -d '{"id": 7}' "$(hookline url order-webhook)"`,
        "HOOKLINE_API_URL=https://… hookline url order-webhook --stage prod",
        "hookline url order-webhook --rotate --grace 7d     a new URL; the old one works for a week more",
        "hookline url order-webhook --json | jq -r .url",
        "hookline url notion-pages --pair                   then make the webhook in Notion",
      ]),
    )
    .action(async (name, options) => done(await (await import("./url.ts")).url(name, options)));

  addSendCommand(program, done);
  addDeployCommand(program, done);

  program
    .command("trigger")
    .description("Bring an event to a workflow of the local stack, as the service would that its input names")
    .argument("<name>", "name of a workflow with a schedule, a queue, events, a bucket or mail")
    .option(
      "--event <file>",
      "message, event (JSON, the rest is made up) or mail, - for standard input (default: a sample)",
    )
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      example([
        "hookline trigger nightly-report                     its schedule ticks now",
        "hookline trigger orders --event message.json        a message of its queue",
        "hookline trigger placed --event event.json          an event of EventBridge, or keys of one",
        "hookline trigger bills --event invoice.eml          a mail",
      ]),
    )
    .action(async (name, options) => done(await (await import("./trigger.ts")).trigger(name, options)));
  addRunsCommands(program, done);
  addDeliveriesCommands(program, done);
  addDlqCommands(program, done);
  addSecretsCommands(program, done);
  addVersionsCommands(program, done);

  printsFrom(
    program
      .command("logs")
      .description("Print what the functions log")
      .option("--run <id>", "of this run only")
      .option("--workflow <name>", "of this workflow only")
      .addOption(
        new Option("--function <name>", "of this function only").choices([
          "ingest",
          "inbox",
          "runner",
          "sweeper",
        ]),
      )
      .addOption(new Option("--level <level>", "of this level and above").choices(LOG_LEVELS).default("info"))
      .addOption(
        new Option("--since <time>", "not older than this: 90m, 2h, 3d, 1w or a date")
          .argParser(pastTime)
          .default(Date.now() - 3_600_000, "1h"),
      )
      .option("--follow", "go on with what comes, until Ctrl-C"),
    "print a line of JSON for each",
  )
    .addHelpText(
      "after",
      example([
        "hookline logs --follow",
        "hookline logs --run 019d0c1e-… --since 1d",
        "hookline logs --level error --since 6h --stage prod --json | jq -r .message",
      ]),
    )
    .action(async (options) => done(await (await import("./logs.ts")).printLogs(options)));
  printsFrom(
    program.command("status").description("Say on one screen how a stage is, and what is to be looked at"),
  )
    .addHelpText(
      "after",
      `${example(["hookline status", "hookline status --stage prod", "hookline status --stage prod --json | jq -r '.attention[]'"])}

Exit codes: 0 healthy, 1 something is to be looked at, 2 the stage cannot be asked.`,
    )
    .action(async (options) => done(await (await import("./status.ts")).printStatus(options)));
  printsFrom(
    program
      .command("cost")
      .description("Say what models cost and what the cache saved, by workflow, by day or by model")
      .option("--workflow <name>", "of this workflow only")
      .addOption(sinceOption())
      .addOption(
        new Option("--by <what>", "a line for each")
          .choices(["workflow", "day", "model"])
          .default("workflow"),
      ),
  )
    .addHelpText(
      "after",
      example([
        "hookline cost                                    the last seven days",
        "hookline cost --since 30d --by day --stage prod",
        "hookline cost --by model --since 1d",
        "hookline cost --workflow lead-scoring --since 2h --json",
      ]),
    )
    .action(async (options) => done(await (await import("./cost.ts")).printCost(options)));

  program
    .command("completion")
    .description("Print the script that lets a shell complete commands, options, workflows and run ids")
    .addArgument(new Argument("<shell>", "which shell").choices(["bash", "zsh", "fish"]))
    .addHelpText(
      "after",
      example([
        'eval "$(hookline completion bash)"                                    in ~/.bashrc',
        'eval "$(hookline completion zsh)"                                     in ~/.zshrc, behind compinit',
        "hookline completion fish > ~/.config/fish/completions/hookline.fish",
      ]),
    )
    .action(async (shell) => done((await import("./completion.ts")).printCompletion(shell)));
  program
    .command("complete", { hidden: true })
    .argument("[words...]")
    .action(async (words) => done(await (await import("./completion.ts")).printCandidates(program, words)));

  program
    .command("schema")
    .description("Print the JSON Schema of workflow files, with which editors complete and check")
    .option("--out <file>", "write it to this file")
    .addHelpText(
      "after",
      example(["hookline schema --out workflow.schema.json", "hookline schema | jq '.definitions | keys'"]),
    )
    .action(async (options) => done(await (await import("./schema.ts")).schema(options)));

  program
    .command("reference")
    .description("Check that what the documentation says of steps, rules, presets and commands is up to date")
    .option("--write", "write it")
    .addHelpText("after", example(["hookline reference", "hookline reference --write"]))
    .action(async (options) => done(await (await import("./reference.ts")).reference(options, program)));
  return program;
}

function readVersion(): string {
  return JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version;
}

/** Runs the command line and gives its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = createProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return reportFailure(error);
  }
}
