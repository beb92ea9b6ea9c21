import { type Path, parsePath } from "../../../core/path.ts";
import type { Shape } from "../../../core/step-facts.ts";
import { child } from "../../yaml-node.ts";
import type { FlowStep, PathWrite } from "./flow-step.ts";

/** What a step itself writes. */
export function stepWrites(one: FlowStep): readonly PathWrite[] {
  const { step, node, definition, raw } = one;
  const { facts = {} } = definition;
  const { outputTo, inputFrom } = step;
  const typeAt = (child(node, "type") ?? node).at;
  const target = child(node, "output_to") ?? child(node, "inject");
  const write = (path: string, at: number, shape: Shape, what: PathWrite["what"]): PathWrite => ({
    path: stateKeys(parsePath(path)),
    at,
    shape,
    what,
    step: one,
  });
  const shape = facts.shape ? facts.shape(raw) : "any";
  const result =
    outputTo === null || shape === null || step.inject
      ? []
      : [write(outputTo, target?.at ?? typeAt, withFailure(shape, one), "result")];
  const beside = Object.entries(facts.also?.(raw, { inputFrom, outputTo }) ?? {}).map(([path, inner]) =>
    write(path, typeAt, inner, "beside"),
  );
  const values = (definition.assignments ?? []).flatMap((name) =>
    [...(child(node, name)?.entries ?? [])].map(([path, { keyAt }]) => write(path, keyAt, "any", "value")),
  );
  return [...result, ...beside, ...values];
}

/** True for a step whose result may bring any key into the state's root. */
export function writesAnyKey({
  step: { inject, outputTo },
  definition,
}: Pick<FlowStep, "step" | "definition">): boolean {
  return inject || (definition.facts?.replacesState === true && outputTo === null);
}

/** A step that goes on after its failure leaves what went wrong in the place of its result. */
function withFailure(shape: Shape, { step }: FlowStep): Shape {
  return shape === "any" || step.onError !== "continue_with_error"
    ? shape
    : { ...shape, error: {}, error_details: "any" };
}

/** `state.x` is `x`. */
export function stateKeys(path: Path): Path {
  return path[0] === "state" ? path.slice(1) : path;
}
