import { type FSWatcher, statSync, watch } from "node:fs";

const LOOK_EVERY_MS = 1_000;

/**
 * Watches a folder also when it is replaced by another of its name, which its watcher does not see. Where the system
 * watches no more folders for us, looking every second does.
 */
export function watchFolder(folder: string, onEvent: () => void): () => void {
  let watcher: FSWatcher | undefined;
  let watched: string | undefined;
  const look = (): void => {
    const present = identityOf(folder);
    if (watcher && watched === present) return;
    watcher?.close();
    watcher = present === undefined ? undefined : tryWatch(folder, onEvent);
    watched = present;
    onEvent();
  };
  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
    watcher?.close();
  };
}

function tryWatch(folder: string, onEvent: () => void): FSWatcher | undefined {
  try {
    return watch(folder, onEvent).on("error", () => {});
  } catch {
    return undefined;
  }
}

/** What tells a folder from another of its name. Undefined while there is no such folder, or none that may be looked at. */
export function identityOf(folder: string): string | undefined {
  try {
    const { dev, ino } = statSync(folder);
    return `${dev}/${ino}`;
  } catch {
    return undefined;
  }
}
