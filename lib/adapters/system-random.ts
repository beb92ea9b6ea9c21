import { randomBytes, randomUUID } from "node:crypto";
import type { Random } from "../core/ports/random.ts";

const RANDOM_BITS = 74n;

/** The machine's own chance: cryptographic, save `next`. */
export const systemRandom: Random = {
  next: () => Math.random(),
  uuid: () => randomUUID(),
  timeOrderedUuid: createTimeOrderedUuid(),
};

/**
 * UUIDv7 of RFC 9562, "monotonic random" (section 6.2, method 2): the 74 random bits grow by a random step of up to
 * 2^32 while the millisecond stays the same. The first of them starts with a zero bit, so that there is room to grow.
 */
function createTimeOrderedUuid(): (nowMs: number) => string {
  let lastMs = Number.NaN;
  let bits = 0n;
  return (nowMs) => {
    const ms = Math.floor(nowMs);
    bits = ms === lastMs ? bits + randomBits(32n) + 1n : randomBits(RANDOM_BITS - 1n);
    lastMs = ms;
    const high = bits >> 62n;
    const low = bits & ((1n << 62n) - 1n);
    const value = (BigInt(ms) << 80n) | (7n << 76n) | (high << 64n) | (2n << 62n) | low;
    const hex = value.toString(16).padStart(32, "0");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
}

function randomBits(count: bigint): bigint {
  return BigInt(`0x${randomBytes(10).toString("hex")}`) >> (80n - count);
}
