import type { AnyStep } from "../core/step.ts";
import type { ProblemLog } from "./problem-log.ts";
import type { StepKeys } from "./step-keys.ts";
import type { YamlNode } from "./yaml-node.ts";

/** Refuses `cache` where there is no result to keep, or one that cannot stand in for another run's. */
export function checkCache(
  node: YamlNode,
  { cache, output_to, inject }: StepKeys,
  { type, blocks, startsRuns, dependsOn, defaultOutput }: AnyStep,
  problems: ProblemLog,
): void {
  if (!cache) return;
  const at = node.entries?.get("cache")?.keyAt ?? node.at;
  if (!dependsOn) {
    const [why, hint] =
      blocks || startsRuns
        ? ["the steps that it runs would be left out", "give cache to those steps"]
        : ["it has no result that could be kept", "remove the key"];
    problems.error("nothing-to-cache", at, `${type} cannot be cached: ${why}`, hint);
  } else if (defaultOutput === null && output_to === undefined && !inject) {
    problems.error(
      "nothing-to-cache",
      at,
      `${type} cannot be cached: its result is the whole new state here, and one run's state cannot stand in for another's`,
      "give the step output_to",
    );
  }
}
