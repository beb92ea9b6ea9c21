import { flushCompileCache } from "node:module";

/** What a role's process tells the one that started it, once it does its work. */
export interface RoleReady {
  /** Where it listens, for a role that does. */
  readonly port?: number;
}

/**
 * Says that the role is at work. When the channel to the starter is cut, what is under way ends and the process with it.
 */
export function serveRole(ready: RoleReady, finish: () => Promise<void>): void {
  const end = async (): Promise<void> => {
    await finish();
    process.exit(0);
  };
  if (!process.connected) return void end();
  process.once("disconnect", end);
  // The next process of the role starts faster; a kill would leave it no time for that.
  flushCompileCache();
  // Whoever asked it to end before it was at work has cut the channel.
  process.send?.(ready, () => {});
}
