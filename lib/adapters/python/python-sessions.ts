import { FlowError } from "../../core/flow-error.ts";
import { createMemoryWatch, type MemoryLimits } from "./memory-watch.ts";
import { openPythonSession, type PythonSession } from "./python-session.ts";

/** How many interpreters may live at once: each takes some 210 MB, 170 of them its own. */
const MOST_SESSIONS = 4;

/** Interpreters for those who ask, as many as may live at once. */
export interface PythonSessions {
  /**
   * The one that is ready, a new one, or one that takes the place of the next to end.
   * @throws FlowError `cancelled` after {@link close}, `internal` when none can be started.
   */
  rent(): Promise<PythonSession>;
  /** Starts one for whoever comes next, unless one is there already or no more may live. */
  prepare(): Promise<unknown> | undefined;
  /** True while somebody waits because no more may live. */
  isWanted(): boolean;
  /** Whoever waits looks again whether there is one to be had. */
  wake(): void;
  /** Ends all of them. */
  close(): Promise<void>;
}

/** No interpreters yet. `giveUpIdle` ends one that its tenant calls nothing with just now, if there is such a one. */
export function createPythonSessions(memory: MemoryLimits, giveUpIdle: () => void): PythonSessions {
  const memoryWatch = createMemoryWatch(memory);
  const live = new Set<Promise<PythonSession>>();
  let waiting: (() => void)[] = [];
  let next: Promise<PythonSession> | undefined;
  let closed = false;

  async function rent(): Promise<PythonSession> {
    for (;;) {
      if (closed) throw closedError();
      const ready = next;
      next = undefined;
      const session = await (ready ?? (live.size < MOST_SESSIONS ? open() : undefined));
      if (session?.isAlive()) return session;
      if (session === undefined) {
        giveUpIdle();
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    }
  }

  function open(): Promise<PythonSession> {
    const opened = openPythonSession(memoryWatch, () => {
      live.delete(opened);
      wake();
    });
    live.add(opened);
    opened.catch(() => {
      live.delete(opened);
      if (next === opened) next = undefined;
      wake();
    });
    return opened;
  }

  function wake(): void {
    const woken = waiting;
    waiting = [];
    for (const resume of woken) resume();
  }

  return {
    rent,
    prepare() {
      if (!closed && live.size < MOST_SESSIONS) next ??= open();
      return next;
    },
    isWanted: () => waiting.length > 0,
    wake,
    async close() {
      closed = true;
      wake();
      const opened = await Promise.allSettled(live);
      for (const one of opened) if (one.status === "fulfilled") one.value.end();
    },
  };
}

/** What calls of a Python that was closed end with. */
export function closedError(): FlowError {
  return new FlowError("cancelled", "Python was closed before the function returned");
}
