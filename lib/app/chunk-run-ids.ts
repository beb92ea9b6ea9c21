import type { LoopChunks } from "../core/chunk.ts";
import { timeOfRunId } from "../core/run.ts";
import { derivedRunId } from "./derived-run-id.ts";

/** How many requests for the chunks of one loop are under way at a time. */
export const CHUNKS_AT_ONCE = 25;

/** The ids of a loop's chunks, by number: whoever knows the loop's entry in the journal knows them. */
export function chunkRunIds({ base, count }: Pick<LoopChunks, "base" | "count">): readonly string[] {
  return Array.from({ length: count }, (_none, number) =>
    derivedRunId(timeOfRunId(base), `${base}/${number}`),
  );
}
