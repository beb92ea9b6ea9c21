import type { Flow } from "./build-flow.ts";
import { everyStep, type FlowBlock, type FlowStep, type PathRead, type PathWrite } from "./flow-step.ts";
import { createScope, type Scope, type Slot } from "./scope.ts";

/** A read with what may have been written before it. */
export interface ResolvedRead extends Slot {
  readonly read: PathRead;
  /** Absent for the file's `output`. */
  readonly step: FlowStep | undefined;
  /** Its first key is the variable of a loop around it. */
  readonly isVariable: boolean;
  /** Any key may have been written before. */
  readonly isOpen: boolean;
  /** The keys of the state that may have been written before. */
  writtenKeys(): ReadonlySet<string>;
}

/** Goes through a workflow once, in the order of a run, and finds for each read the writes it may meet. */
export function resolveReads(flow: Flow): readonly ResolvedRead[] {
  const resolved: ResolvedRead[] = [];

  function resolve(read: PathRead, step: FlowStep | undefined, scope: Scope): void {
    const [first = "", second = ""] = read.path;
    const key = first === "state" ? second : first;
    // Keys are asked for after the walk went on: what is written then is no news to a misspelt name.
    resolved.push({
      read,
      step,
      ...scope.at(key),
      isVariable: scope.binds(key),
      isOpen: scope.isOpen(),
      writtenKeys: scope.keys,
    });
  }

  function walk(steps: readonly FlowStep[], scope: Scope): void {
    for (const one of steps) {
      const values = one.writes.filter(({ what }) => what === "value");
      // Each value of a step may use those before it.
      const inside = values.length > 0 ? createScope(scope) : scope;
      for (const write of values) inside.write(write, true);
      for (const read of one.reads) resolve(read, one, inside);
      const ends = one.blocks.map((block) => enter(block, one, scope));
      for (const [index, block] of one.blocks.entries()) {
        const end = ends[index];
        if (block.scope === "isolated" || !end) continue;
        for (const write of end.written()) scope.write(write, false);
        if (end.isOpen()) scope.open();
      }
      if (one.writesAny) scope.open();
      for (const write of one.writes) scope.write(write, one.step.when === undefined);
    }
  }

  function enter(block: FlowBlock, one: FlowStep, around: Scope): Scope {
    const scope = createScope(around, block.variable);
    // An item of a loop meets what the items before it wrote.
    if (block.repeats && block.scope !== "isolated") {
      for (const write of sharedWrites(block.steps)) scope.write(write, false);
      for (const { writesAny } of everyStep(block.steps)) if (writesAny) scope.open();
    }
    walk(block.steps, scope);
    if (block.result) resolve(block.result, one, scope);
    return scope;
  }

  const main = createScope();
  walk(flow.steps, main);
  for (const read of flow.output?.paths ?? []) resolve(read, undefined, main);
  const afterFailure = createScope();
  for (const write of main.written()) afterFailure.write(write, false);
  if (main.isOpen()) afterFailure.open();
  walk(flow.onFailure, afterFailure);
  return resolved;
}

/** What steps and the blocks that share their state write. */
export function sharedWrites(steps: readonly FlowStep[]): readonly PathWrite[] {
  return steps.flatMap(({ writes, blocks }) => [
    ...writes,
    ...blocks.filter(({ scope }) => scope !== "isolated").flatMap((block) => sharedWrites(block.steps)),
  ]);
}
