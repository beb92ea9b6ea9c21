import type { AnyStep } from "../../core/step.ts";
import { callingStep } from "./calling-step.ts";

/** The same step types, whose calls are known by the attempt that makes them. Those that touch nothing outside are as they were. */
export function tracedSteps(steps: ReadonlyMap<string, AnyStep>): ReadonlyMap<string, AnyStep> {
  return new Map(
    [...steps].map(([type, step]) => [type, step.effect && !step.blocks ? tracedStep(step) : step]),
  );
}

function tracedStep(definition: AnyStep): AnyStep {
  return {
    ...definition,
    run(params, context) {
      const { trace, run, path, attempt } = context;
      if (!trace) return definition.run(params, context);
      const name = `${run.id}/${run.attempt}/${path}/${attempt}`;
      return callingStep.run({ trace, name, calls: 0 }, () => definition.run(params, context));
    },
  };
}
