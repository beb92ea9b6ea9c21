import { createHash } from "node:crypto";

/**
 * Where an event stands among those that versions share, as a percentage below 100: evenly spread, the same for the same id, and
 * another order of the ids for each version.
 */
export function shareOf(version: string, id: string | Uint8Array): number {
  const digest = createHash("sha256").update(version).update("/").update(id).digest();
  return (digest.readUInt32BE(0) / 2 ** 32) * 100;
}
