import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FlowError } from "../core/flow-error.ts";
import { isAlive, ownIdentity, type ProcessIdentity } from "./process-identity.ts";

/**
 * Makes the data folder this process's own; the returned function gives it up. A lock whose process is gone is
 * taken over.
 * @throws FlowError `config_error` when another stack works on the folder.
 */
export function lockDataFolder(dataFolder: string): () => void {
  const file = join(dataFolder, "lock");
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify(ownIdentity()), { flag: "wx", mode: 0o600 });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = readHolder(file);
    if (holder && isAlive(holder)) {
      throw new FlowError(
        "config_error",
        `a local stack (process ${holder.pid}) already works on ${dataFolder}: stop it, or choose another folder with --data`,
      );
    }
    rmSync(file, { force: true });
  }
}

/** Undefined for a file that is gone or was never finished. */
function readHolder(file: string): ProcessIdentity | undefined {
  try {
    const { pid, started } = JSON.parse(readFileSync(file, "utf8"));
    return Number.isInteger(pid) ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
}
