import assert from "node:assert/strict";
import * as fc from "fast-check";

/** Longest time that one input may take, in milliseconds. */
const SLOWEST_MS = 50;
/** An input that was slow is tried again as often: a pause of the machine does not come back each time. */
const TRIES = 4;

/** A part of the product that takes any input. */
export interface FuzzTarget {
  readonly name: string;
  /** So many inputs of another target take as long as one of this. */
  readonly cost: number;
  /** @throws Error of fast-check with seed and shrunk input for one that crashes, is slow, or breaks a rule. */
  run(options: { readonly seed: number; readonly runs: number }): FuzzReport | Promise<FuzzReport>;
}

/** What came of a target's runs. */
export interface FuzzReport {
  readonly ms: number;
  /** Inputs that took over 50 ms once and not again. */
  readonly pauses: number;
  readonly slowestMs: number;
}

/** Runs `check` on inputs; what it throws is a finding, and so is an input that takes over 50 ms each time. */
export function fuzzTarget<Input>(
  name: string,
  inputs: fc.Arbitrary<Input>,
  check: (input: Input) => void,
): FuzzTarget {
  return {
    name,
    cost: 1,
    run({ seed, runs }) {
      const own = prototypes();
      let pauses = 0;
      let slowestMs = 0;
      const timed = (input: Input): number => {
        const began = performance.now();
        check(input);
        return performance.now() - began;
      };
      const began = performance.now();
      const property = fc.property(inputs, (input) => {
        let ms = timed(input);
        if (ms > SLOWEST_MS) {
          pauses += 1;
          for (let count = 1; count < TRIES; count += 1) ms = Math.min(ms, timed(input));
        }
        slowestMs = Math.max(slowestMs, ms);
        assert.ok(ms <= SLOWEST_MS, `took ${ms.toFixed(0)} ms each of ${TRIES} times`);
        assert.deepEqual(prototypes(), own, "a prototype was changed");
      });
      void fc.assert(property, { seed, numRuns: runs });
      return { ms: performance.now() - began, pauses, slowestMs };
    },
  };
}

function prototypes(): readonly number[] {
  return [Object, Array, String, Number, Function].map(({ prototype }) => Reflect.ownKeys(prototype).length);
}
