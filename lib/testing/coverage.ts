import type { StepView } from "../app/describe-run.ts";
import type { Json } from "../core/json.ts";
import type { AnyStep } from "../core/step.ts";
import type { Workflow } from "../core/workflow.ts";
import { nodesOf } from "./workflow-places.ts";

/** A step or branch of a workflow. */
export interface CoverPoint {
  readonly file: string;
  readonly line: number;
  /** Id of the step. */
  readonly step: string;
  /** Label of the branch; absent: the step itself. */
  readonly branch?: string;
}

/** What the cases entered of some workflows. */
export interface CoverageView {
  readonly total: number;
  readonly entered: number;
  /** Rounded down, so that 100 means all. */
  readonly percent: number;
  readonly missing: readonly CoverPoint[];
}

/** Notes which steps and branches runs enter. */
export class Coverage {
  readonly #entered = new Map<string, Set<string>>();
  readonly #workflows = new Map<string, Workflow>();

  /** Counts a workflow's steps and branches, entered or not. */
  count(workflow: Workflow): void {
    this.#workflows.set(workflow.file, workflow);
    if (!this.#entered.has(workflow.file)) this.#entered.set(workflow.file, new Set());
  }

  /** The same step types, which note for this workflow what branches they enter. */
  watch(steps: ReadonlyMap<string, AnyStep>, workflow: Workflow): ReadonlyMap<string, AnyStep> {
    this.count(workflow);
    const enter = (of: Json | undefined, step: string, branch: string): void => {
      // A run that a step started has steps of its own.
      if (of === workflow.name) this.#enter(workflow, { step, branch });
    };
    return new Map([...steps].map(([type, definition]) => [type, watched(definition, enter)]));
  }

  /** Notes the steps that a run of a workflow entered. */
  note(workflow: Workflow, steps: readonly StepView[]): void {
    for (const { id, status } of steps) if (status !== "skipped") this.#enter(workflow, { step: id });
  }

  #enter({ file }: Workflow, point: Pick<CoverPoint, "step" | "branch">): void {
    this.#entered.get(file)?.add(keyOf(point));
  }

  view(): CoverageView {
    const points = [...this.#workflows.values()].flatMap(pointsOf);
    const missing = points.filter((point) => !this.#entered.get(point.file)?.has(keyOf(point)));
    const [total, entered] = [points.length, points.length - missing.length];
    return { total, entered, percent: total === 0 ? 100 : Math.floor((entered / total) * 100), missing };
  }
}

type Enter = (workflow: Json | undefined, step: string, branch: string) => void;

function watched(definition: AnyStep, enter: Enter): AnyStep {
  if (!definition.blocks) return definition;
  return {
    ...definition,
    run: (params, context) =>
      definition.run(params, {
        ...context,
        runBlock(label, options) {
          enter(context.workflow.name, context.id, label);
          return context.runBlock(label, options);
        },
      }),
  };
}

function pointsOf(workflow: Workflow): readonly CoverPoint[] {
  const { file } = workflow;
  return nodesOf(workflow).flatMap(({ node: { id: step, line, blocks } }) => [
    { file, line, step },
    ...Object.keys(blocks).map((branch) => ({ file, line, step, branch })),
  ]);
}

function keyOf({ step, branch }: Pick<CoverPoint, "step" | "branch">): string {
  return branch === undefined ? step : `${step}\n${branch}`;
}
