import type { FlowStep } from "./flow-step.ts";

/** The innermost step around the writer whose steps write to views of their own, unless the reader stands in it too. */
export function isolatedAround(writer: FlowStep, reader: FlowStep | undefined): FlowStep | undefined {
  const around = new Set(ancestors(reader));
  let inner = writer;
  for (const outer of ancestors(writer)) {
    const block = outer.blocks.find(({ steps }) => steps.includes(inner));
    if (block?.scope === "isolated" && !around.has(outer)) return outer;
    inner = outer;
  }
  return undefined;
}

/** True when some step is around both, so that they stand in branches of it. */
export function sharesStep(writer: FlowStep, reader: FlowStep): boolean {
  const around = new Set(ancestors(reader));
  return ancestors(writer).some((one) => around.has(one));
}

/** The steps that a step stands in, the innermost first. */
export function ancestors(step: FlowStep | undefined): readonly FlowStep[] {
  return step?.parent ? [step.parent, ...ancestors(step.parent)] : [];
}
