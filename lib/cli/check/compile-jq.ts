import type { JqCompiler } from "../../core/ports/jq.ts";
import type { CodeProblem } from "../../language/rule.ts";

/** Programs that are compiled in one call: jq takes a millisecond for each call and little for each program. */
const PROGRAMS_AT_ONCE = 25;
const BOUND = ["input", "workflow", "run"];

/** Says which jq programs do not compile, and runs none of them. @throws as `JqCompiler`. */
export async function compileJq(
  jq: JqCompiler,
  programs: readonly string[],
  signal?: AbortSignal,
): Promise<readonly CodeProblem[]> {
  const problems: CodeProblem[] = [];
  for (let from = 0; from < programs.length; from += PROGRAMS_AT_ONCE) {
    const some = programs.slice(from, from + PROGRAMS_AT_ONCE);
    if (some.length > 1 && (await jq.compile(together(some), BOUND, signal)) === null) continue;
    for (const [index, program] of some.entries()) {
      const problem = await jq.compile(program, BOUND, signal);
      if (problem) problems.push({ ...problem, index: from + index, message: `jq: ${problem.message}` });
    }
  }
  return problems;
}

/** Each program in brackets on lines of their own, which a comment cannot take along. */
function together(programs: readonly string[]): string {
  return `(\n${programs.join("\n), (\n")}\n)`;
}
