import { loadFile } from "../load-workflow.ts";
import type { Fix } from "../problem.ts";
import type { CheckServices } from "../rule.ts";
import { applyFixes } from "./apply-fixes.ts";
import { type CheckResult, checkWorkflow } from "./check-workflow.ts";

/** A file after its fixes, and what is left to say about it. */
export interface FixResult extends CheckResult {
  /** With the byte order mark that it had. */
  readonly text: string;
  readonly fixed: readonly Fix[];
}

/** A fix can make another one possible; files that need more rounds than this are left to the next call. */
const MOST_ROUNDS = 20;

/**
 * Applies every fix that the problems of a file offer, until none is left. Comments and layout stay as they are. A fix
 * after which the file had more errors is left out.
 */
export async function fixWorkflow(
  text: string,
  file: string,
  services: CheckServices = {},
): Promise<FixResult> {
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const fixed: Fix[] = [];
  let now = text.slice(mark.length);
  for (let round = 0; ; round += 1) {
    const result = await checkWorkflow(now, file, services);
    const fixes = result.problems.flatMap(({ fix }) => (fix ? [fix] : []));
    const next = round < MOST_ROUNDS ? improved(now, fixes) : undefined;
    if (!next) return { ...result, text: mark + now, fixed };
    now = next.text;
    fixed.push(...next.applied);
  }
}

/** The text with all fixes, or the first of them that does no harm; undefined when there is none. */
function improved(text: string, fixes: readonly Fix[]) {
  const errors = errorsIn(text);
  const tries = fixes.length > 1 ? [fixes, ...fixes.map((one) => [one])] : fixes.length === 1 ? [fixes] : [];
  return tries
    .values()
    .map((some) => applyFixes(text, some))
    .find((next) => next.text !== text && errorsIn(next.text) <= errors);
}

function errorsIn(text: string): number {
  return loadFile(text, "").problems.errorCount();
}
