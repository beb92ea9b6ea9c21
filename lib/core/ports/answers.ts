import type { Json } from "../json.ts";

/** What a step of a run answers the sender of its webhook. */
export interface RunAnswer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: Json;
}

/** Answers that runs give while they go on. Every method may throw FlowError when the store cannot be reached. */
export interface Answers {
  /**
   * Keeps the answer of a run until `expiresAt`, seconds since the epoch; the first one counts. False: another one was given before.
   * @throws FlowError `invalid_output` for one that is too large.
   */
  give(runId: string, answer: RunAnswer, expiresAt: number): Promise<boolean>;
  get(runId: string): Promise<RunAnswer | undefined>;
}
