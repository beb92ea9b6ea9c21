import { stackOf, toFlowError } from "../core/flow-error.ts";
import type { CacheAnswer, CachedResult } from "../core/ports/cache.ts";
import type { Redactor } from "../core/redactor.ts";
import type { CacheRule } from "../core/workflow.ts";
import { asFlight, type Flight, flightOf } from "./flights.ts";
import { createPatience, type Patience } from "./patience.ts";
import type { StepRecord } from "./step-record.ts";
import { longestWorkMs } from "./time-limit.ts";
import type { Attempted, Place, Walk } from "./walk.ts";

// A lease outlasts the work by this much, so that its result can be stored in peace.
const MARGIN_MS = 5_000;

/** A step whose result others may have, or may want to have. */
interface Shared {
  readonly key: string;
  readonly rule: CacheRule;
  /** Computes the step as if it had no cache. */
  compute(): Promise<Attempted>;
}

/**
 * One step's share in a result: it finds it kept, computes it, or waits for whoever computes it, at most twice as long
 * as its own work would take at worst (one dies, another takes over). Only results are kept, and not those of an
 * alternative. A cache that cannot be reached makes the step run as if it had none, with a warning.
 */
export class SharedWork {
  readonly #walk: Walk;
  readonly #place: Place;
  readonly #record: StepRecord;
  readonly #shared: Shared;
  readonly #owner: string;
  readonly #attempts: number;
  /** It was computing when its run left the process before: it may have the lease that others wait for. */
  readonly #isBack: boolean;
  readonly #workMs: number;
  readonly #patience: Patience;

  constructor(walk: Walk, place: Place, record: StepRecord, shared: Shared) {
    const { execution } = walk;
    this.#walk = walk;
    this.#place = place;
    this.#record = record;
    this.#shared = shared;
    this.#owner = `${execution.run.id}/${place.path}`;
    const before = execution.journal.unsettled(place.path);
    this.#attempts = before?.attempts ?? 0;
    this.#isBack = before?.status === "retrying";
    this.#workMs = longestWorkMs(execution, place);
    this.#patience = createPatience(walk, place, record, 2 * (this.#workMs + MARGIN_MS));
  }

  /** The step's end. @throws what storing the journal threw. */
  async result(): Promise<Attempted> {
    const { cache, ports, limits } = this.#walk.execution;
    for (;;) {
      const now = ports.clock.now();
      const flight = flightOf(cache, this.#shared.key);
      if (!flight || flight.owner === this.#owner || flight.until <= now || this.#isBack) {
        const own = { owner: this.#owner, until: now + this.#workMs + MARGIN_MS };
        return asFlight(cache, this.#shared.key, own, (mine) => this.#lead(mine));
      }
      if (this.#patience.isOver()) return this.#alone();
      const dueAt = Math.min(flight.until, now + limits.longestWaitMs);
      const leave = await this.#patience.wait(dueAt, flight.ended);
      if (leave) return { result: leave, attempts: this.#attempts };
      if (flight.result) return this.#hit(flight.result);
    }
  }

  /** Asks the cache until there is a result, or a lease to compute it. */
  async #lead(flight: Flight): Promise<Attempted> {
    for (;;) {
      const answer = await this.#claim();
      // A claim whose answer got lost may have got the lease.
      if (answer === undefined || answer.kind === "claimed") return this.#compute(flight);
      if (answer.kind === "hit") {
        flight.result = answer.result;
        // What the step itself computed before its process died, it has paid for.
        return answer.owner === this.#owner
          ? { result: { kind: "next", ...answer.result }, attempts: Math.max(this.#attempts, 1) }
          : this.#hit(answer.result);
      }
      if (this.#patience.isOver()) return this.#alone();
      const leave = await this.#patience.wait(this.#patience.nextLook(answer.until));
      if (leave) return { result: leave, attempts: this.#attempts };
    }
  }

  #claim(): Promise<CacheAnswer | undefined> {
    const { cache, ports, limits } = this.#walk.execution;
    const { key, rule } = this.#shared;
    const now = ports.clock.now();
    const claim = {
      owner: this.#owner,
      now,
      leaseUntil: Math.min(now + this.#workMs, limits.handOverAt) + MARGIN_MS,
      staleAt: now - rule.ttlSeconds * 1000,
    };
    return this.#reach("so the step ran as if it had none", () => cache.claim(key, claim));
  }

  /** Computes under the lease, and ends it: with the result, without one, or not at all when the run goes on elsewhere. */
  async #compute(flight: Flight): Promise<Attempted> {
    const { cache, ports, environment } = this.#walk.execution;
    const { key, rule, compute } = this.#shared;
    const owner = this.#owner;
    const release = () =>
      this.#reach("so others wait until the lease is over", () => cache.release(key, owner));
    let attempted: Attempted;
    try {
      attempted = await compute();
    } catch (thrown) {
      await release();
      throw thrown;
    }
    const { result, substitute } = attempted;
    if (result.kind === "next" && !substitute) {
      const kept = blanked(result, environment().redactor);
      flight.result = kept;
      const entry = { owner, result: kept, storedAt: ports.clock.now(), ttlSeconds: rule.ttlSeconds };
      await this.#reach("so the result was not kept", () => cache.store(key, entry));
    } else if (result.kind !== "pause") await release();
    return attempted;
  }

  #hit({ usage, ...result }: CachedResult): Attempted {
    const cost = usage?.cost_usd;
    if (cost === null) {
      this.#record.warn(
        `cache: what this answer of ${usage?.model} cost is not known, so it is missing in the run's saved_usd`,
      );
    }
    const cached = typeof cost === "number" ? { savedUsd: cost } : {};
    return { result: { kind: "next", ...result }, attempts: 0, cached };
  }

  #alone(): Promise<Attempted> {
    this.#record.warn("cache: whoever computes the result takes too long, so the step ran as if it had none");
    return this.#shared.compute();
  }

  /** Undefined, after a warning, when the cache does not answer. */
  async #reach<T>(consequence: string, ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (thrown) {
      const error = toFlowError(thrown);
      const message = `cache: ${error.message}, ${consequence}`;
      this.#record.warn(message);
      this.#walk.execution.log
        .with({ step: this.#place.path })
        .write({ level: "warn", message, fields: stackOf(error) });
      return undefined;
    }
  }
}

/** What is kept has no secret in it, like everything that is stored. */
function blanked({ output, also, usage, note }: CachedResult, redactor: Redactor): CachedResult {
  return {
    ...(output !== undefined && { output: redactor.json(output) }),
    ...(also && { also: redactor.json(also) }),
    ...(usage && { usage: { ...usage, model: redactor.text(usage.model) } }),
    ...(note !== undefined && { note: redactor.text(note) }),
  };
}
