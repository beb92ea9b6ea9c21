import { createHash } from "node:crypto";

/** A number from 0 to below 1 that hangs on the seed and what it is drawn for, never on the order of the draws. */
export function chance(seed: number, ...drawnFor: readonly (string | number)[]): number {
  const digest = createHash("sha256")
    .update([seed, ...drawnFor].join("/"))
    .digest();
  return digest.readUInt32BE() / 2 ** 32;
}
