import { beside } from "../../core/path.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { AnyStep } from "../../core/step.ts";
import { askingStep } from "./asking-step.ts";
import type { Script } from "./script.ts";
import { awaitAnswer } from "./scripted-wait.ts";

/**
 * The same step types, whose calls the script knows by the step that makes them. A step that has an `output` in the
 * script is not run: that is its result, and an error of the same rule its failure; so is one that starts a run when the
 * script has anything for it.
 */
export function scriptedSteps(
  steps: ReadonlyMap<string, AnyStep>,
  script: Script,
  clock: Clock,
): ReadonlyMap<string, AnyStep> {
  return new Map([...steps].map(([type, definition]) => [type, scriptedStep(definition, script, clock)]));
}

function scriptedStep(definition: AnyStep, script: Script, clock: Clock): AnyStep {
  return {
    ...definition,
    run: (params, context) =>
      askingStep.run(context, async () => {
        const found = script.nextResult(context, definition.startsRuns === true);
        if (!found) return definition.run(params, context);
        await awaitAnswer(found, { signal: context.signal }, clock);
        const { output = null, meta } = found.answer;
        const { outputTo } = context;
        const also = meta && outputTo !== null ? { also: { [beside(outputTo, "meta")]: meta } } : {};
        return { kind: "next", output, ...also };
      }),
  };
}
