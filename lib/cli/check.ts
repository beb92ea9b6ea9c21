import { writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { nameTaken } from "../build/compile-workflows.ts";
import { filesBeside } from "../build/files-beside.ts";
import { readWorkflowFile } from "../build/read-workflow-file.ts";
import { whyUnreadable } from "../build/why-unreadable.ts";
import { type CheckResult, checkWorkflow } from "../language/check/check-workflow.ts";
import { type FixResult, fixWorkflow } from "../language/check/fix-workflow.ts";
import type { Problem } from "../language/problem.ts";
import type { CheckServices } from "../language/rule.ts";
import { filesToCheck, workflowNames } from "./check/check-files.ts";
import { openCheckServices } from "./check/check-services.ts";
import { checklistText, countProblems, problemsText, summaryText } from "./check/check-text.ts";
import { sarifOf } from "./check/sarif.ts";
import { EXIT } from "./exit.ts";
import { readAssignments } from "./given-values.ts";
import { onInterrupt } from "./interrupt.ts";
import { jsonText } from "./json-text.ts";
import { printable } from "./printable.ts";
import { paintFor } from "./run-text.ts";
import { stageName } from "./stage-name.ts";

/** Options of `check`. */
export interface CheckOptions {
  readonly stage?: string;
  readonly env?: readonly string[];
  readonly json?: boolean;
  readonly sarif?: boolean;
  readonly fix?: boolean;
  readonly checklist?: boolean;
  readonly notes?: boolean;
  readonly strict?: boolean;
}

/** A file that was checked, with what fixing it changed. */
type Checked = CheckResult & Partial<Pick<FixResult, "fixed">>;

/**
 * Checks workflow files and writes what was found to standard output. Exit code 0: neither errors nor warnings; 1: some
 * were found; 2: a file could not be read or written.
 * @throws FlowError `invalid_input` for options that are wrong.
 */
export async function check(
  paths: readonly string[],
  options: CheckOptions,
  version: string,
): Promise<number> {
  const stage = options.stage === undefined ? undefined : stageName(options.stage);
  const given = readAssignments(options.env);
  const { files, unreachable } = filesToCheck(paths);
  const cancel = new AbortController();
  const forget = onInterrupt(() => cancel.abort());
  const services = openCheckServices({ stage, given }, cancel.signal);
  const results: Checked[] = [];
  const troubles = [...unreachable];
  try {
    for (const file of files) {
      if (cancel.signal.aborted) break;
      const beside = {
        ...services,
        beside: filesBeside(file),
        workflowNames: () => workflowNames(dirname(file)),
      };
      const result = await checkOne(file, options.fix === true, beside);
      if (typeof result === "string") troubles.push(result);
      else results.push(withNamesakes(result, results));
    }
  } catch (error) {
    if (!cancel.signal.aborted) throw error;
  } finally {
    forget();
    await services.close();
  }
  if (cancel.signal.aborted) return EXIT.interrupted;
  for (const trouble of troubles) process.stderr.write(`hookline: ${printable(trouble)}\n`);
  process.stdout.write(report(results, troubles, options, version));
  return exitCodeOf(results, troubles, options);
}

/** The file's result, or why it could not be read or written. */
async function checkOne(file: string, fix: boolean, services: CheckServices): Promise<Checked | string> {
  const read = readWorkflowFile(file);
  if ("problem" in read) return `${file}: ${read.problem.message}`;
  if (!fix) return checkWorkflow(read.text, file, services);
  const { text, ...result } = await fixWorkflow(read.text, file, services);
  try {
    if (text !== read.text) writeFileSync(file, text);
    return result;
  } catch (error) {
    return `${file} cannot be written: ${whyUnreadable(error)}`;
  }
}

/** A name belongs to one of the files that are checked together. */
function withNamesakes(result: Checked, before: readonly Checked[]): Checked {
  const { workflow, file } = result;
  const namesake = before.find((other) => workflow && other.workflow?.name === workflow.name);
  if (!workflow || !namesake) return result;
  const read = readWorkflowFile(file);
  const text = "text" in read ? read.text : "";
  return { ...result, problems: [nameTaken(workflow.name, text, file, namesake.file), ...result.problems] };
}

function report(
  results: readonly Checked[],
  troubles: readonly string[],
  options: CheckOptions,
  version: string,
): string {
  const problems = results.flatMap((one) => one.problems);
  if (options.sarif) return `${JSON.stringify(sarifOf(problems, version), null, 2)}\n`;
  if (options.json) return `${jsonText(jsonOf(results, troubles, options))}\n`;
  const paint = paintFor(process.stdout);
  const notes = options.notes === true || options.strict === true;
  const fixed = results.reduce((sum, one) => sum + (one.fixed?.length ?? 0), 0);
  return [
    ...results.map((one) =>
      options.checklist
        ? checklistText(one, paint)
        : problemsText(
            one.problems.filter(({ severity }) => notes || severity !== "note"),
            paint,
          ),
    ),
    results.length === 0 ? "" : summaryText(results, { hiddenNotes: !notes, fixed }, paint),
  ].join("");
}

function jsonOf(results: readonly Checked[], troubles: readonly string[], options: CheckOptions): object {
  return {
    ok: exitCodeOf(results, troubles, options) === EXIT.ok,
    ...countProblems(results.flatMap(({ problems }) => problems)),
    unreadable: troubles,
    files: results.map(({ file, workflow, problems, switchedOff, checklist, fixed }) => ({
      file,
      workflow: workflow?.name ?? null,
      problems: problems.map(problemJson),
      switched_off: switchedOff,
      ...(fixed && { fixed: fixed.map(({ title }) => title) }),
      ...(options.checklist && { checklist }),
    })),
  };
}

function problemJson({ id, severity, line, column, message, hint, frame, fix }: Problem): object {
  return { rule: id, severity, line, column, message, hint: hint ?? null, frame, fix: fix?.title ?? null };
}

function exitCodeOf(
  results: readonly Checked[],
  troubles: readonly string[],
  { strict }: CheckOptions,
): number {
  if (troubles.length > 0) return EXIT.usage;
  const { errors, warnings, notes } = countProblems(results.flatMap(({ problems }) => problems));
  return errors + warnings + (strict ? notes : 0) > 0 ? EXIT.failed : EXIT.ok;
}
