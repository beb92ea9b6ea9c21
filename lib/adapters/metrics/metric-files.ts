import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MetricReader } from "../../core/ports/metric-reader.ts";
import {
  createPageReader,
  foldRecord,
  isEmfRecord,
  isKept,
  PAGE_FOLDERS,
  type Page,
} from "./metric-pages.ts";

/** Takes log records, and keeps in files what those of the embedded metric format count. */
export interface MetricFiles {
  /** Takes any record; those without metrics change nothing. */
  take(record: { readonly [key: string]: unknown }): void;
  /** Writes what was taken and deletes what is too old. */
  flush(): void;
}

/** Folds metrics into pages below `folder`, minutes for a day and hours for a year; what is taken is written by `flush`. */
export function createMetricFiles(folder: string, now: () => number): MetricFiles {
  const dirty = new Map<string, Page>();
  const pageOf = (name: string): Page => {
    const page = dirty.get(name) ?? readPage(folder, name) ?? {};
    dirty.set(name, page);
    return page;
  };
  return {
    take(record) {
      if (isEmfRecord(record)) foldRecord(record, pageOf);
    },
    flush() {
      for (const [name, page] of dirty) writePage(folder, name, page);
      if (dirty.size > 0) deleteOld(folder, now());
      dirty.clear();
    },
  };
}

/** Reads what {@link createMetricFiles} wrote, also in another process. */
export function createFileMetricReader(folder: string): MetricReader {
  return createPageReader((name) => readPage(folder, name));
}

function readPage(folder: string, name: string): Page | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, name), "utf8"));
  } catch {
    // There is none, or a process was killed before its text was on the disk: counting begins anew.
    return undefined;
  }
}

/** Whoever reads meanwhile finds the old page or the new one. */
function writePage(folder: string, name: string, page: Page): void {
  const file = join(folder, name);
  mkdirSync(join(file, ".."), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, JSON.stringify(page), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function deleteOld(folder: string, now: number): void {
  for (const below of PAGE_FOLDERS) {
    for (const name of readdirSync(join(folder, below), { withFileTypes: true }))
      if (!isKept(`${below}/${name.name}`, now)) rmSync(join(folder, below, name.name), { force: true });
  }
}
