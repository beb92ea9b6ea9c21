import type { GlobalSecondaryIndex } from "@aws-sdk/client-dynamodb";
import type { Item } from "./evaluate.ts";

/** A global secondary index: it shows what the table was a while ago. */
export interface LaggingIndex {
  /** Takes a write of the table, which shows later. */
  write(key: string, item: Item | undefined): void;
  /** What it shows now. */
  entries(): readonly Item[];
}

interface Underway {
  readonly key: string;
  readonly entry: Item | undefined;
  readonly at: number;
}

/** Makes an empty index; the writes of one item reach it in their order. */
export function createLaggingIndex(
  { KeySchema: keys = [], Projection: projection = {} }: GlobalSecondaryIndex,
  { now, lagMs }: { now(): number; lagMs(): number },
): LaggingIndex {
  const shown = new Map<string, Item>();
  const lastAt = new Map<string, number>();
  const keyNames = keys.map(({ AttributeName }) => AttributeName ?? "");
  const names = new Set(["pk", "sk", ...keyNames, ...(projection.NonKeyAttributes ?? [])]);
  let underway: Underway[] = [];

  const settle = () => {
    const time = now();
    const due = underway.filter(({ at }) => at <= time);
    if (due.length === 0) return;
    underway = underway.filter(({ at }) => at > time);
    for (const { key, entry } of due.sort((a, b) => a.at - b.at)) {
      if (entry) shown.set(key, entry);
      else shown.delete(key);
    }
  };
  return {
    write(key, item) {
      const isShown = item !== undefined && keyNames.every((name) => item[name] !== undefined);
      const entry = isShown
        ? Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)))
        : undefined;
      const at = Math.max(lastAt.get(key) ?? 0, now() + lagMs());
      if (entry === undefined && !lastAt.has(key)) return;
      lastAt.set(key, at);
      underway.push({ key, entry, at });
    },
    entries() {
      settle();
      return [...shown.values()];
    },
  };
}
