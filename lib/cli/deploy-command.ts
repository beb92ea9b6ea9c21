import { type Command, Option } from "commander";
import { example, jsonOption, terminalFor } from "./command-options.ts";

/** Adds `deploy`; what it does is loaded when it is called. */
export function addDeployCommand(program: Command, done: (exitCode: number) => void): void {
  program
    .command("deploy")
    .description("Check, test and build a stage, show what would change, ask, and deploy it")
    .requiredOption("--stage <name>", "stage of stages.yaml")
    .option("--dry-run", "show the plan, and deploy nothing")
    .option("--yes", "don't ask")
    .option("--allow-dirty", "deploy although there are changes that are in no commit")
    .addOption(new Option("--cdk <program>", "program in place of the project's own CDK command line"))
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `${example([
        "hookline deploy --stage dev",
        "hookline deploy --stage prod --dry-run      the plan only; without credentials everything is shown as new",
        "hookline deploy --stage prod --yes --json   for scripts: the plan, then what came of it, a line each",
      ])}

Exit codes: 0 deployed, or nothing to do; 1 the deployment failed; 2 something is to be mended before; 130 Ctrl-C.`,
    )
    .action(async (options) =>
      done(await (await import("./deploy.ts")).deploy(options, terminalFor(options))),
    );
}
