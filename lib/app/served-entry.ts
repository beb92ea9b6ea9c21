import { FlowError, toFlowError } from "../core/flow-error.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Log } from "../core/ports/log.ts";
import type { NewRunStore } from "../core/ports/run-store.ts";
import type { Splits } from "../core/ports/splits.ts";
import { mainVersion, type SplitTable, splitOf, type VersionName } from "../core/split.ts";
import { type InputEntry, inputTable } from "../core/workflow.ts";
import { versionGone } from "./keep-version.ts";
import { shareOf } from "./share-of.ts";

/** What finding out which version serves needs. */
export interface ServingPlace {
  readonly splits: Pick<Splits, "read">;
  readonly store: Pick<NewRunStore, "getVersion">;
  readonly clock: Clock;
  readonly log: Log;
}

/** A rollback is known everywhere after this long. */
export const SPLITS_FRESH_MS = 5_000;

interface Memory {
  /** What was read last, when that was, and when it was asked for last. */
  known?: { readonly table: SplitTable; readonly readAt: number; readonly askedAt: number };
  reading?: Promise<SplitTable> | undefined;
  readonly entries: Map<string, InputEntry>;
}

const memories = new WeakMap<ServingPlace["splits"], Memory>();

/**
 * The version that an event is to be a run of, given the one that this deployment carries. `id` tells events apart: the same one
 * gives the same version while nothing is changed. What was read last counts while the store cannot be asked.
 * @throws FlowError what the store threw when it was never read, `config_error` when the version's text is gone or it has another kind of input.
 */
export async function servedEntry(
  place: ServingPlace,
  carried: InputEntry,
  id: () => string | Uint8Array,
): Promise<InputEntry> {
  const split = splitOf(await splitsNow(place), carried);
  if (!split || (split.percent > 0 && shareOf(split.version, id()) < split.percent)) return carried;
  return earlierEntry(place, carried, split.base);
}

/** The version that is relied on, given the one that is deployed. @throws FlowError as {@link servedEntry}. */
export async function mainEntry(place: ServingPlace, deployed: InputEntry): Promise<InputEntry> {
  const hash = await mainHash(place, deployed);
  return hash === deployed.hash ? deployed : earlierEntry(place, deployed, hash);
}

/** The hash of the version that is relied on, given the one that is deployed. @throws FlowError what the store threw when it was never read. */
export async function mainHash(
  place: Pick<ServingPlace, "splits" | "clock" | "log">,
  deployed: VersionName,
): Promise<string> {
  return mainVersion(await splitsNow(place), deployed);
}

async function splitsNow({
  splits,
  clock,
  log,
}: Pick<ServingPlace, "splits" | "clock" | "log">): Promise<SplitTable> {
  const memory = memoryOf(splits);
  const { known } = memory;
  const now = clock.now();
  const age = now - (known?.askedAt ?? 0);
  if (known && age >= 0 && age < SPLITS_FRESH_MS) return known.table;
  memory.reading ??= splits.read().finally(() => {
    memory.reading = undefined;
  });
  try {
    const table = await memory.reading;
    memory.known = { table, readAt: now, askedAt: now };
    return table;
  } catch (thrown) {
    if (!known) throw thrown;
    memory.known = { ...known, askedAt: now };
    const { message } = toFlowError(thrown);
    const old = Math.round((now - known.readAt) / 1000);
    log.write({ level: "warn", message: `which versions serve is what was read ${old} s ago: ${message}` });
    return known.table;
  }
}

async function earlierEntry(
  { splits, store }: ServingPlace,
  { name, type }: InputEntry,
  hash: string,
): Promise<InputEntry> {
  const { entries } = memoryOf(splits);
  const key = `${name}/${hash}`;
  const known = entries.get(key);
  if (known) return known;
  const entry = inputTable([await versionText(store, { name, hash })])[0] as InputEntry;
  if (entry.type !== type)
    throw new FlowError(
      "config_error",
      `version ${hash.slice(0, 12)} of ${name} cannot serve: its input is ${entry.type}, and ${type} is deployed`,
    );
  entries.set(key, entry);
  return entry;
}

async function versionText(store: ServingPlace["store"], { name, hash }: VersionName) {
  const workflow = await store.getVersion(name, hash);
  if (!workflow) throw versionGone(name, hash);
  return workflow;
}

function memoryOf(splits: ServingPlace["splits"]): Memory {
  const known = memories.get(splits) ?? { entries: new Map() };
  memories.set(splits, known);
  return known;
}
