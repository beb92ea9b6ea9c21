import type { Json, JsonObject } from "../../../../lib/core/json.ts";

/** What is known of a failure beside its class. */
interface FailureTraits {
  readonly status?: number;
  readonly body?: string;
  /** No policy applies and nothing is tried again: what the file says of it. */
  readonly endsRun?: string;
  /** No further delivery changes it. */
  readonly final?: true;
}

/** What a step throws, with its class out of language.md section 4. */
export class Refusal extends Error {
  readonly class: string;
  readonly traits: FailureTraits;

  constructor(errorClass: string, traits: FailureTraits = {}) {
    super(errorClass);
    this.class = errorClass;
    this.traits = traits;
  }
}

/** How a step failed for good in a delivery. */
export interface Failure extends FailureTraits {
  /** Its path, null where no step is to blame. */
  readonly step: string | null;
  readonly class: string;
  readonly attempts: number;
}

/** Classes that another attempt may heal. */
export const HEALING: readonly Json[] = ["timeout", "connection", "rate_limited", "server_error"];

/** So often a run's message is delivered. */
export const DELIVERIES = 5;

/** The failure of a step that threw; anything but a refusal is thrown on. */
export function failureOf(thrown: unknown, step: string | null, attempts: number): Failure {
  if (!(thrown instanceof Refusal)) throw thrown;
  return { step, class: thrown.class, attempts, ...thrown.traits };
}

/** True when a further delivery may change it. */
export function heals({ class: errorClass, endsRun, final }: Failure): boolean {
  return HEALING.includes(errorClass) && endsRun === undefined && !final;
}

/** The failure by which several that stand beside each other are known: one that ends the run, or the first. */
export function foremost(failures: Iterable<Failure>): Failure | undefined {
  const all = [...failures];
  return all.find(({ endsRun }) => endsRun !== undefined) ?? all[0];
}

/** The details of a failure as files read them; the sentences are left open. */
export function detailsOf({ class: errorClass, status, attempts, body }: Failure): JsonObject {
  return { class: errorClass, message: "", status: status ?? null, attempts, body: body ?? null };
}

/** What a failure that the file accepts leaves in place of the result. */
export function acceptedValue(failure: Failure): JsonObject {
  return { error: "", error_details: detailsOf(failure) };
}
