import { placeInText } from "../../place-in-text.ts";
import type { CheckedFile, CodeProblem, Found, Rule } from "../../rule.ts";
import { child, type YamlNode } from "../../yaml-node.ts";

interface Program {
  readonly code: string;
  readonly node: YamlNode;
}

/** jq that does not compile. */
export const jqSyntax: Rule = {
  id: "jq-syntax",
  severity: "error",
  area: "correctness",
  summary: "jq programs compile",
  why: "The step would fail in every run.",
  check: (file) => compileAll(file, "jq", file.services.compileJq),
};

/** Python that does not compile, or imports what is not there. */
export const pythonSyntax: Rule = {
  id: "python-syntax",
  severity: "error",
  area: "correctness",
  summary: "Python compiles, and the modules that it imports are there",
  why: "The step would fail in every run.",
  check: (file) => compileAll(file, "python", file.services.compilePython),
};

async function* compileAll(
  file: CheckedFile,
  language: "jq" | "python",
  compile: ((programs: readonly string[]) => Promise<readonly CodeProblem[]>) | undefined,
): AsyncGenerator<Found> {
  const programs = [...programsIn(file, language)];
  if (!compile || programs.length === 0) return;
  for (const { index, line, column, message } of await compile(programs.map(({ code }) => code))) {
    const program = programs[index];
    if (program) yield { at: placeInText(file.text, program.node, line, column), message };
  }
}

function* programsIn({ flow }: CheckedFile, language: "jq" | "python"): Generator<Program> {
  for (const { definition, step, node } of flow.all) {
    for (const [parameter, written] of Object.entries(definition.facts?.programs ?? {})) {
      const code = step.params[parameter];
      const place = child(node, parameter);
      if (written === language && typeof code === "string" && place) yield { code, node: place };
    }
  }
}
