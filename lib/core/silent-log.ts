import type { Log } from "./ports/log.ts";

/** Writes nothing. */
export const SILENT_LOG: Log = { write() {}, with: () => SILENT_LOG };
