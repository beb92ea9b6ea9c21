import type { Json, JsonObject } from "../../../../lib/core/json.ts";
import type { Failure } from "./failure.ts";
import type { Reader } from "./template.ts";
import { keysOf, valueAt, type Write } from "./values.ts";

/** Workflows by name, what the other side answers, and what nobody can know. */
export interface ModelWorld {
  readonly workflows: { readonly [name: string]: JsonObject };
  answer(url: string): { readonly status?: number; readonly body?: Json; readonly error?: string };
  /** Results that are kept, by their keys. */
  readonly cache: Map<string, Result>;
  /** Workflows' paths of calls that may be made once, and of whose outcome a fault left nobody to tell. */
  readonly unknown: { readonly [workflow: string]: readonly string[] };
}

/** What a run comes to. */
export interface ModelRun {
  readonly workflow: string;
  readonly status: "succeeded" | "failed" | "dropped";
  readonly state: JsonObject;
  readonly output: Json;
  readonly error: { readonly class: string; readonly step: string | null } | null;
  /** What `stop` or `fail` said. */
  readonly said?: string;
  readonly calls: readonly ModelCall[];
  /** `path status` of each step that ended. */
  readonly settled: readonly string[];
  /** `path line` of each print. */
  readonly printed: readonly string[];
  /** Paths of steps that share their results. */
  readonly shared: ReadonlySet<string>;
}

/** One attempt of a call. */
export interface ModelCall {
  readonly path: string;
  /** Path of the isolated item or branch that made it, in which alone the order is defined; empty: none. */
  readonly lane: string;
  readonly method: string;
  readonly url: string;
  /** Undefined: none is sent. */
  readonly body: string | undefined;
  /** The file says `at_most_once`, and nobody said that it had failed. */
  readonly isLast: boolean;
}

/** How a list ends before its last step. */
export type End = { readonly kind: "drop" } | { readonly kind: "stop"; readonly said: string };

/** What a step comes to: an end of its list, or what it writes. */
export interface Result {
  readonly end?: End | undefined;
  readonly output?: Json | undefined;
  readonly also?: readonly Write[];
  readonly meta?: JsonObject;
}

/** Work that yields each time it has failed for good in a delivery, and goes on there when it is asked to. */
export type Work<T> = Generator<Failure, T, void>;

/** A state that steps share, and what was written to it since each of the open blocks began. */
export interface Scope {
  state: JsonObject;
  readonly open: Write[][];
  readonly lane: string;
}

/** A run on its way: what it has done so far, and what its steps need of it. */
export interface RunUnderWay {
  /** No other run of the world has it. */
  readonly id: string;
  readonly world: ModelWorld;
  readonly workflow: string;
  readonly file: JsonObject;
  /** The reserved names. */
  readonly names: Record<string, Json>;
  readonly environment: JsonObject;
  readonly calls: ModelCall[];
  readonly settled: string[];
  readonly printed: string[];
  readonly shared: Set<string>;
  /** Paths of calls that may be made once and had no answer. */
  readonly unknown: Set<string>;
  /** Runs another workflow to its end. */
  start(workflow: string, event: Json): ModelRun;
  /** Runs steps in order; `prefix` stands before their index. */
  list(steps: Json | undefined, prefix: string, scope: Scope): Work<End | undefined>;
}

/** A step on its way. */
export interface Place {
  readonly run: RunUnderWay;
  readonly step: JsonObject;
  readonly path: string;
  readonly scope: Scope;
  /** The attempt under way, from 1. */
  readonly attempt: { count: number };
}

/** What the texts of a place read, where its state is this one. */
export function readerAt(
  { run, scope }: Pick<Place, "run" | "scope">,
  state: JsonObject = scope.state,
): Reader {
  return {
    strict: run.file.strict === true,
    environment: run.environment,
    read: (path) => {
      const [head = "", ...rest] = keysOf(path);
      if (head === "state") return valueAt(state, rest);
      return Object.hasOwn(run.names, head)
        ? valueAt(run.names[head], rest)
        : valueAt(state, [head, ...rest]);
    },
  };
}

/** What a step works on: the value at `input_from`, else the whole state. */
export function inputOf(place: Place): Json {
  const { input_from: from } = place.step;
  return from === undefined ? place.scope.state : (readerAt(place).read(String(from)) ?? null);
}

const DEFAULT_OUTPUT: JsonObject = {
  http_call: "http",
  run_workflow: "run_workflow",
  parallel: "parallel",
  add_uuid: "meta.id",
  jq: "jq",
};

/** Where a step's result goes; undefined: nowhere. */
export function targetOf(step: JsonObject): string | undefined {
  const target = step.output_to ?? DEFAULT_OUTPUT[String(step.type)];
  return target === undefined ? undefined : String(target);
}
