import { relative } from "node:path";
import type { Mutant } from "./mutate.ts";

/** A mutant, and the theme that it belongs to. */
export interface Tried {
  readonly theme: string;
  readonly mutant: Mutant;
}

const isCaught = ({ mutant }: Tried) => mutant.status === "Killed" || mutant.status === "Timeout";
const hasSurvived = ({ mutant }: Tried) => mutant.status === "Survived" || mutant.status === "NoCoverage";

/** Of the mutants that could be run, how many were caught, in percent. */
export function totalScore(tried: readonly Tried[]): number {
  const caught = tried.filter(isCaught).length;
  const survived = tried.filter(hasSurvived).length;
  return caught + survived === 0 ? 100 : (100 * caught) / (caught + survived);
}

/** A Markdown table: a row for each file, and one for all. `timed out`: how many of the caught ones no test has failed for. */
export function scoreTable(tried: readonly Tried[]): string {
  const row = (name: string, some: readonly Tried[]) => {
    const caught = some.filter(isCaught).length;
    const late = some.filter(({ mutant }) => mutant.status === "Timeout").length;
    const survived = some.filter(hasSurvived).length;
    return `| ${name} | ${caught + survived} | ${caught} | ${late} | ${survived} | ${totalScore(some).toFixed(1)} % |`;
  };
  const files = Map.groupBy(
    tried,
    ({ theme, mutant }) => `${theme} | \`${relative("lib", mutant.fileName)}\``,
  );
  return [
    "| theme | file | mutants | caught | timed out | survived | score |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...[...files].map(([name, some]) => row(name, some)),
    row("all | ", tried),
  ].join("\n");
}

/** Where a mutant that no test caught was, and what it changed; undefined for one that was caught. */
export function survivorLine(tried: Tried): string | undefined {
  if (!hasSurvived(tried)) return undefined;
  const { fileName, location, mutatorName, replacement, status } = tried.mutant;
  const place = `${relative("", fileName)}:${location.start.line}:${location.start.column}`;
  const untested = status === "NoCoverage" ? " (no test comes here)" : "";
  return `${place} ${mutatorName} → ${replacement.replaceAll(/\s+/g, " ")}${untested}`;
}
