import { parseTemplate } from "../core/template.ts";
import type { StepNode, Workflow } from "../core/workflow.ts";

/** The model that a step names: a literal, or the default of the one name that is read; undefined when only a run can say. */
export function modelOf(
  { params: { model } }: Pick<StepNode, "params">,
  { environment }: Pick<Workflow, "environment">,
): string | undefined {
  if (typeof model !== "string") return undefined;
  const [part, ...more] = parseTemplate(model);
  if (part === undefined || more.length > 0) return undefined;
  if (typeof part === "string") return part;
  if (!("env" in part.source)) return undefined;
  const { env } = part.source;
  const value = environment.find(({ name }) => name === env)?.default ?? part.fallback;
  return typeof value === "string" ? value : undefined;
}
