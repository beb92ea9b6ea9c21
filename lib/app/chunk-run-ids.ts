import type { LoopChunks } from "../core/chunk.ts";
import { timeOfRunId } from "../core/run.ts";
import { derivedRunId } from "./derived-run-id.ts";

/** The ids of a loop's chunks, by number: whoever knows the loop's entry in the journal knows them. */
export function chunkRunIds({ base, count }: Pick<LoopChunks, "base" | "count">): readonly string[] {
  return Array.from({ length: count }, (_none, number) =>
    derivedRunId(timeOfRunId(base), `${base}/${number}`),
  );
}
