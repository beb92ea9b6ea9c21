import { isObject } from "../core/json.ts";
import { SHORTEST_SECRET } from "../core/secret-forms.ts";
import { textOf } from "../core/template.ts";
import type { EnvironmentName } from "../core/workflow.ts";
import { declareName } from "./check/edits.ts";
import { checkSchema } from "./check-schema.ts";
import type { DeclaredName, EnvironmentReads } from "./environment-reads.ts";
import { environmentKey } from "./file-keys.ts";
import type { ProblemLog } from "./problem-log.ts";
import { nearestNode, type YamlNode } from "./yaml-node.ts";

/** Every name the file declares or reads; undefined after faults of the declarations were reported. */
export function compileEnvironment(
  node: YamlNode,
  reads: EnvironmentReads,
  problems: ProblemLog,
): readonly EnvironmentName[] | undefined {
  const value =
    isObject(node.value) && node.value.environment !== undefined
      ? { environment: node.value.environment }
      : {};
  const keys = checkSchema(environmentKey, node, { value, what: "the workflow" }, problems);
  if (!keys) return undefined;
  const seen = new Set<string>();
  const declared = (keys.environment ?? []).map((item, index) => {
    const one = typeof item === "string" ? { name: item, secret: false } : item;
    const { at } = nearestNode(node, ["environment", index]);
    if (seen.has(one.name))
      problems.error("duplicate-env", at, `"${one.name}" is declared twice`, "keep one of them");
    seen.add(one.name);
    const name: DeclaredName = {
      name: one.name,
      secret: one.secret,
      ...("default" in one && one.default !== undefined && { default: textOf(one.default) }),
    };
    warnOfShortSecret(name, at, problems);
    return name;
  });
  return reads.conclude(declared, problems, (name) => declareName(problems.text, node, name));
}

function warnOfShortSecret(
  { name, secret, default: text }: DeclaredName,
  at: number,
  problems: ProblemLog,
): void {
  // An empty one says that there may be none, and has nothing to blank.
  if (!secret || !text || text.length >= SHORTEST_SECRET) return;
  const message = `the default of the secret "${name}" is shorter than ${SHORTEST_SECRET} characters: it cannot be redacted`;
  problems.warn("short-secret", at, message, "use a longer secret");
}
