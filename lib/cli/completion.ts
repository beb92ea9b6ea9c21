import type { Command } from "commander";
import { DAY_MS } from "../app/timings.ts";
import { complete } from "./complete.ts";
import { EXIT } from "./exit.ts";
import { withHistory } from "./history.ts";
import { stageWorkflows } from "./stage-workflows.ts";

type Shell = "bash" | "zsh" | "fish";

const SCRIPTS: { readonly [shell in Shell]: string } = {
  bash: `_hookline() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(hookline complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _hookline hookline
`,
  zsh: `#compdef hookline
_hookline() {
  local -a found
  found=(\${(f)"$(hookline complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( \${#found} )); then compadd -a found; else _files; fi
}
compdef _hookline hookline
`,
  fish: `complete -c hookline -a '(hookline complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`,
};

/** Prints the script that lets a shell complete. */
export function printCompletion(shell: Shell): number {
  process.stdout.write(SCRIPTS[shell]);
  return EXIT.ok;
}

const MOST_RUNS = 20;
const DAYS = 7;

/** Prints what may stand in the place of the last word, a line each. */
export async function printCandidates(program: Command, words: readonly string[]): Promise<number> {
  const found = await complete(program, words, {
    workflows: async (place) => (await stageWorkflows(place)).map(({ name }) => name),
    async runIds(place) {
      const until = Date.now();
      const workflows = (await stageWorkflows(place)).map(({ name }) => name);
      const query = { workflows, limit: MOST_RUNS, until, since: until - DAYS * DAY_MS };
      const runs = await withHistory(place, ({ store }) => store.list(query));
      return runs.map(({ runId }) => runId);
    },
  });
  process.stdout.write(found.map((one) => `${one}\n`).join(""));
  return EXIT.ok;
}
