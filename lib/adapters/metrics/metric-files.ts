import { readFileSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
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
  /**
   * Writes what was taken until now, behind what is being written, and deletes what is too old. Rejects with the system's error when it
   * cannot: what was taken is kept, and the next call tries again.
   */
  flush(): Promise<void>;
}

/** Folds metrics into pages below `folder`, minutes for a day and hours for a year; what is taken is written by `flush`. */
export function createMetricFiles(folder: string, now: () => number): MetricFiles {
  // Those that are not on the disk as they are here; the others are read again when something comes for them.
  const pages = new Map<string, Page>();
  const dirty = new Set<string>();
  const pageOf = (name: string): Page => {
    const page = pages.get(name) ?? readPage(folder, name) ?? {};
    pages.set(name, page);
    dirty.add(name);
    return page;
  };
  const write = async (): Promise<void> => {
    const names = [...dirty];
    dirty.clear();
    try {
      for (const name of names) await writePage(folder, name, pages.get(name) ?? {});
    } catch (error) {
      for (const name of names) dirty.add(name);
      throw error;
    }
    for (const name of names) if (!dirty.has(name)) pages.delete(name);
    if (names.length > 0) await deleteOld(folder, now());
  };
  let writing: Promise<void> = Promise.resolve();
  return {
    take(record) {
      if (isEmfRecord(record)) foldRecord(record, pageOf);
    },
    flush() {
      writing = writing.catch(() => {}).then(write);
      return writing;
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

/** Whoever reads meanwhile finds the old page or the new one. Taking the place of a file can take the disk ten milliseconds. */
async function writePage(folder: string, name: string, page: Page): Promise<void> {
  const file = join(folder, name);
  const text = JSON.stringify(page);
  await mkdir(join(file, ".."), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

async function deleteOld(folder: string, now: number): Promise<void> {
  for (const below of PAGE_FOLDERS) {
    for (const name of await readdir(join(folder, below)))
      if (!isKept(`${below}/${name}`, now)) await rm(join(folder, below, name), { force: true });
  }
}
