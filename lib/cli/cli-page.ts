import type { Command } from "commander";

const WIDTH = 110;

/** The reference page of the command line: what `--help` shows of each command. */
export function cliPage(program: Command): string {
  return [
    "# The command line",
    "",
    'Made by `npm run reference` of what `--help` shows. In a project, `npx hookline …`; `eval "$(hookline completion bash)"` (or zsh, fish) lets the',
    "shell complete commands, options, workflows and run ids.",
    "",
    "## Exit codes",
    "",
    "| code | says |",
    "| --- | --- |",
    "| 0 | done; a run `succeeded` or was `dropped`; a stage is healthy |",
    "| 1 | a run, a test, a check or one of many things failed; something is to be looked at; the other side could not be reached |",
    "| 2 | a mistake on the command line, a file or a setting that is wrong or missing: nothing was done |",
    "| 130 | Ctrl-C |",
    "",
    ...leaves(program, "hookline").flatMap(([name, command]) => [
      `## ${name}`,
      "",
      "```",
      helpOf(command),
      "```",
      "",
    ]),
  ].join("\n");
}

/** Every command that does something, with its whole name. */
export function leaves(command: Command, name: string): readonly (readonly [string, Command])[] {
  const below = command.commands.filter((one) => one.name() !== "complete");
  if (below.length === 0) return [[name, command]];
  return below.flatMap((one) => leaves(one, `${name} ${one.name()}`));
}

/** All of what `--help` prints, in lines of the same length wherever it is made. */
export function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({
    writeOut: (piece) => {
      text += piece;
    },
    getOutHelpWidth: () => WIDTH,
  });
  command.outputHelp();
  return text.trim();
}
