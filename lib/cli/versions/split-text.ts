import type { Split } from "../../core/split.ts";
import { localIso } from "../local-time.ts";

/** How much of a hash people see. */
export const SHORT_HASH = 12;

/** What a split means, and who said so. */
export function splitText({ version, base, percent, kind, at, by }: Split): string {
  const [shared, rest] = [version, base].map((hash) => hash.slice(0, SHORT_HASH));
  const word = `${localIso(at)} by ${by}`;
  return kind === "rollback"
    ? `rolled back to ${rest}, ${word}`
    : `in rollout: ${percent} % of the events go to ${shared}, the rest to ${rest}, ${word}`;
}
