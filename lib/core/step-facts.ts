import type { JsonObject } from "./json.ts";
import type { Provider } from "./ports/llm.ts";

/** What is known of a value before anything runs: any value, or one that has these keys and no others (none: text or a number). */
export type Shape = "any" | { readonly [key: string]: Shape };

/** Where a step's input comes from and its result goes, as the file says. */
export interface StepPlaces {
  readonly inputFrom: string | undefined;
  readonly outputTo: string | null;
}

/** What may be known of a step type without running it: `check` follows data and judges risks by it. */
export interface StepFacts {
  /** Whether it works on its input, the whole state where the file names none. Default: only when `input_from` must be given. */
  usesInput?(raw: JsonObject): boolean;
  /** What its result looks like; null: it has none. Default: any value. */
  shape?(raw: JsonObject): Shape | null;
  /** What it writes beside its result, by path. */
  also?(raw: JsonObject, places: StepPlaces): { readonly [path: string]: Shape };
  /** Without `output_to` its result is the whole new state. */
  readonly replacesState?: true;
  /** No step behind it runs. */
  readonly endsRun?: true;
  /** Parameters that hold a program, by its language. */
  readonly programs?: { readonly [parameter: string]: "jq" | "python" };
  /** Parameters that people, models or logs get to read: no place for a secret. */
  readonly told?: readonly string[];
  /** False when doing it twice may leave two of something. Default: true. */
  safeToRepeat?(raw: JsonObject): boolean;
  /** What a file can say so that the other side recognises a repetition. */
  readonly repeatHint?: string;
  /** Without its result it has done nothing. Default: when it has no effect. */
  onlyAsks?(raw: JsonObject): boolean;
  /** Its effect is one on the stage's own store, which is asked again by itself. */
  readonly staysInStage?: true;
  /** Whose models it asks for an answer. */
  readonly asksModelOf?: Provider;
  /** How one call could do for many what this one does; undefined: it could not. */
  batchHint?(raw: JsonObject): string | undefined;
  /** True when nested steps may fail without the step failing. */
  toleratesFailures?(raw: JsonObject): boolean;
}
