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

/** A Markdown table: a row for each theme, and one for all. */
export function scoreTable(tried: readonly Tried[]): string {
  const row = (name: string, some: readonly Tried[]) => {
    const caught = some.filter(isCaught).length;
    const survived = some.filter(hasSurvived).length;
    return `| ${name} | ${caught + survived} | ${caught} | ${survived} | ${totalScore(some).toFixed(1)} % |`;
  };
  const themes = Map.groupBy(tried, ({ theme }) => theme);
  return [
    "| theme | mutants | killed | survived | score |",
    "| --- | --- | --- | --- | --- |",
    ...[...themes].map(([theme, some]) => row(theme, some)),
    row("all", tried),
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
