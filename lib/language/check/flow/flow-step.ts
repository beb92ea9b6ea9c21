import type { Operator } from "../../../core/condition.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { Path } from "../../../core/path.ts";
import type { AnyStep, BlockPlace } from "../../../core/step.ts";
import type { Shape } from "../../../core/step-facts.ts";
import type { StepNode } from "../../../core/workflow.ts";
import type { YamlNode } from "../../yaml-node.ts";

/** A path that the file reads. Places are offsets into its text. */
export interface PathRead {
  readonly path: Path;
  readonly at: number;
  /** The parameter or common key that reads it. */
  readonly parameter: string;
  readonly how: "template" | "condition" | "path" | "input" | "result";
  /** The file is prepared for its absence: a default, or a condition that asks for just that. */
  readonly mayBeMissing: boolean;
  /** The placeholder is the whole value. */
  readonly whole: boolean;
  /** Of a condition. */
  readonly op?: Operator;
}

/** A name of the environment that the file or a step's default reads. */
export interface EnvRead {
  readonly name: string;
  readonly at: number;
  readonly parameter: string;
}

/** A path that a step writes when it runs. */
export interface PathWrite {
  readonly path: Path;
  readonly at: number;
  readonly shape: Shape;
  /** The result, something beside it, or one of several values. */
  readonly what: "result" | "beside" | "value";
  readonly step: FlowStep;
}

/** A nested list of steps. */
export interface FlowBlock extends BlockPlace {
  readonly steps: readonly FlowStep[];
  /** The path that is read where the block ends. */
  readonly result?: PathRead;
}

/** A step of the file with what it reads and writes itself; its blocks have steps of their own. */
export interface FlowStep {
  readonly step: StepNode;
  readonly node: YamlNode;
  readonly definition: AnyStep;
  /** Its own parameters as `facts` judge them. */
  readonly raw: JsonObject;
  readonly parent: FlowStep | undefined;
  readonly inOnFailure: boolean;
  readonly reads: readonly PathRead[];
  readonly environment: readonly EnvRead[];
  readonly writes: readonly PathWrite[];
  /** It works on the whole state. */
  readonly readsAll: boolean;
  /** It may write any key of the state's root. */
  readonly writesAny: boolean;
  /** The programs it runs, as one text. */
  readonly program: string;
  readonly blocks: readonly FlowBlock[];
}

/** The steps of a list and everything nested in them, in the order of the file. */
export function* everyStep(steps: readonly FlowStep[]): Generator<FlowStep> {
  for (const one of steps) {
    yield one;
    for (const { steps: nested } of one.blocks) yield* everyStep(nested);
  }
}
