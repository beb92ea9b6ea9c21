import { placeholdersIn } from "../core/template.ts";
import type { EnvironmentName } from "../core/workflow.ts";
import type { ProblemLog } from "./problem-log.ts";
import { eachText } from "./walk-values.ts";
import type { YamlNode } from "./yaml-node.ts";

/** What names a resource stands in the stage's template, so no secret may be part of it. */
export function checkPlainNames(
  input: YamlNode,
  environment: readonly EnvironmentName[],
  problems: ProblemLog,
): void {
  const secrets = new Set(environment.filter(({ secret }) => secret).map(({ name }) => name));
  eachText(input, (text, { at }) => {
    if (!text.includes("${")) return;
    for (const { source } of placeholdersIn(text))
      if ("env" in source && secrets.has(source.env))
        problems.error(
          "wrong-value",
          at,
          `input: "${source.env}" counts as secret, and what an input names stands in the stage's template`,
          `declare it as plain: environment: [{ name: ${source.env}, secret: false }]`,
        );
  });
}
