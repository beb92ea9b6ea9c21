import type { Json } from "../core/json.ts";
import type { Workflow } from "../core/workflow.ts";
import { diffValues, type ValueChange } from "./diff-values.ts";
import { isGivenId, matchSteps, type PlacedStep, placedSteps } from "./match-steps.ts";
import { contentOf, snakeCase } from "./step-content.ts";

/** What became of a step. A step that was moved and changed is one change of each kind. */
export interface StepChange {
  readonly kind: "added" | "removed" | "moved" | "changed";
  /** Type, and its name or the id that the file gives it. */
  readonly step: string;
  /** Its place in the new version; of a removed one, in the old. */
  readonly path: string;
  /** Of a moved one: its place before. */
  readonly from?: string;
  /** Of a changed one: what differs, in the file's spelling. */
  readonly fields?: readonly ValueChange[];
}

/** What differs between two versions of a workflow. */
export interface WorkflowDiff {
  /** Beside the steps: input, output, timeout, stages, environment, history. */
  readonly settings: readonly ValueChange[];
  /** In the order of the new version, then what was removed. */
  readonly steps: readonly StepChange[];
}

/** Compares what two versions of a workflow do; comments, layout and lines don't count. */
export function diffWorkflows(before: Workflow, after: Workflow): WorkflowDiff {
  const [old, present] = [placedSteps(before), placedSteps(after)];
  const { pairs, moved } = matchSteps(old, present);
  const kept = new Set(pairs.values());
  return {
    settings: diffValues(settingsOf(before), settingsOf(after)),
    steps: [
      ...present.flatMap((now): readonly StepChange[] => {
        const was = pairs.get(now);
        if (!was) return [{ kind: "added", step: labelOf(now), path: now.path }];
        const fields = diffValues(contentOf(was.step), contentOf(now.step));
        const place = { step: labelOf(now), path: now.path };
        return [
          ...(moved.has(now) ? [{ kind: "moved" as const, ...place, from: was.path }] : []),
          ...(fields.length > 0 ? [{ kind: "changed" as const, ...place, fields }] : []),
        ];
      }),
      ...old
        .filter((was) => !kept.has(was))
        .map((was) => ({ kind: "removed", step: labelOf(was), path: was.path }) as const),
    ],
  };
}

function settingsOf(workflow: Workflow): Json {
  const { input, output, timeoutSeconds, strict, stages, environment, history } = workflow;
  const names = environment.map(({ name, ...traits }) => [name, traits]);
  return snakeCase({
    input: input as unknown as Json,
    ...(output !== undefined && { output }),
    ...(stages && { stages }),
    timeoutSeconds,
    strict,
    history: { ...history },
    environment: Object.fromEntries(names),
  });
}

function labelOf({ step }: PlacedStep): string {
  const own = step.name ?? (isGivenId(step) ? step.id : undefined);
  return own === undefined ? step.type : `${step.type} "${own}"`;
}
