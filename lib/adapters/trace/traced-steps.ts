import type { Spans } from "../../core/ports/spans.ts";
import type { AnyStep } from "../../core/step.ts";
import { spanOfRun } from "../../core/trace-context.ts";
import { callingStep, spanIdOf } from "./calling-step.ts";
import { timed } from "./timed.ts";

/** The same step types, whose calls are known by the attempt that makes them, each attempt a span. Those that touch nothing outside are as they were. */
export function tracedSteps(
  steps: ReadonlyMap<string, AnyStep>,
  spans?: Spans,
): ReadonlyMap<string, AnyStep> {
  return new Map(
    [...steps].map(([type, step]) => [type, step.effect && !step.blocks ? tracedStep(step, spans) : step]),
  );
}

function tracedStep(definition: AnyStep, spans: Spans | undefined): AnyStep {
  return {
    ...definition,
    async run(params, context) {
      const { trace, run, path, id, attempt, blank } = context;
      if (!trace) return definition.run(params, context);
      const name = `${run.id}/${run.attempt}/${path}/${attempt}`;
      const span = () => ({
        trace,
        spanId: spanIdOf(name),
        parentId: spanOfRun(String(run.id)),
        name: `${definition.type} ${id}`,
        kind: "internal" as const,
        attributes: {
          "hookline.run.id": String(run.id),
          "hookline.step.path": path,
          "hookline.step.attempt": attempt,
        },
      });
      return callingStep.run({ trace, name, blank, calls: 0 }, () =>
        timed(spans, span, async () => definition.run(params, context)),
      );
    },
  };
}
