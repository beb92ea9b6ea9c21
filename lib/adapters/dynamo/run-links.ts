import type {
  BatchLink,
  Burst,
  ChunkLink,
  NewRun,
  ParentLink,
  Redriven,
  ReplayLink,
  RunRecord,
} from "../../core/run.ts";
import { type Item, number, readBoolean, readFlag, readList, readNumber, readText, text } from "./item.ts";

/** Attributes of what leads from a new run to others. */
export function linkAttributes({ parent, chunk, replayOf, burst, batch }: NewRun): Item {
  return {
    ...(parent && parentAttributes(parent)),
    ...(chunk && chunkAttributes(chunk)),
    ...(replayOf && {
      replay_of: text(replayOf.runId),
      ...(replayOf.edited && { replay_edited: { BOOL: true } }),
    }),
    ...(batch && { batch: { BOOL: true } }),
    ...(burst && { burst: text(burst.place), burst_until: number(burst.until) }),
  };
}

function parentAttributes({ runId, path, awaits, depth }: ParentLink): Item {
  return {
    parent_run: text(runId),
    parent_path: text(path),
    parent_awaits: { BOOL: awaits },
    depth: number(depth),
  };
}

/** The step that started a run, if one did. @throws FlowError `internal` for half a link. */
export function readParent(item: Item): ParentLink | undefined {
  if (!hasAny(item, ["parent_run", "parent_path", "parent_awaits", "depth"])) return undefined;
  return {
    runId: readText(item, "parent_run"),
    path: readText(item, "parent_path"),
    awaits: readBoolean(item, "parent_awaits"),
    depth: readNumber(item, "depth"),
  };
}

function chunkAttributes({ number: nth, of, from, step }: ChunkLink): Item {
  return { chunk: number(nth), chunks: number(of), first_item: number(from), loop: text(step) };
}

/** The part of a loop that a run works through, if it does. @throws FlowError `internal` for half of it. */
export function readChunk(item: Item): ChunkLink | undefined {
  if (!hasAny(item, ["chunk", "chunks", "first_item", "loop"])) return undefined;
  return {
    number: readNumber(item, "chunk"),
    of: readNumber(item, "chunks"),
    from: readNumber(item, "first_item"),
    step: readText(item, "loop"),
  };
}

/** Readers of what leads from a run to others, and to its own earlier ends. */
export const LINKS = {
  parent: readParent,
  chunk: readChunk,
  replayOf: readReplayOf,
  redrives: readRedrives,
  replays: readReplays,
  burst: readBurst,
  batch: readBatch,
} as const;

/** All of them. @throws FlowError `internal` for half a link. */
export function readLinks(item: Item): Pick<RunRecord, keyof typeof LINKS> {
  const links = Object.entries(LINKS).map(([name, read]) => [name, read(item)] as const);
  return Object.fromEntries(links.filter(([, link]) => link !== undefined));
}

function readReplayOf(item: Item): ReplayLink | undefined {
  if (item.replay_of === undefined) return undefined;
  return { runId: readText(item, "replay_of"), ...(readFlag(item, "replay_edited") && { edited: true }) };
}

function readRedrives(item: Item): readonly Redriven[] | undefined {
  if (item.redriven === undefined) return undefined;
  return readList(item, "redriven").map(({ M = {} }) => {
    const fields = { ...M, pk: item.pk, sk: item.sk } as Item;
    return {
      at: readNumber(fields, "at"),
      entries: readNumber(fields, "entries"),
      ...(readFlag(fields, "keeps_unknown") && { keepsUnknown: true }),
    };
  });
}

function readReplays(item: Item): readonly string[] | undefined {
  return item.replays && readList(item, "replays").map(({ S = "" }) => S);
}

function readBurst(item: Item): Burst | undefined {
  if (!hasAny(item, ["burst", "burst_until"])) return undefined;
  return { place: readText(item, "burst"), until: readNumber(item, "burst_until") };
}

function readBatch(item: Item): BatchLink | undefined {
  if (!readFlag(item, "batch")) return undefined;
  return item.batch_events === undefined ? {} : { events: readNumber(item, "batch_events") };
}

function hasAny(item: Item, names: readonly string[]): boolean {
  return names.some((name) => item[name] !== undefined);
}
