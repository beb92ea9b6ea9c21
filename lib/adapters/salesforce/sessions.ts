import type { SalesforceCall } from "../../core/ports/salesforce.ts";
import { cancellation } from "../deadline.ts";
import type { Session } from "./session.ts";

// Credentials may come out of events; the oldest sessions make room.
const MAX_SESSIONS = 100;

/** Sessions by credentials, in this process's memory only. However many calls ask at once, one login is made. */
export interface Sessions {
  current(call: SalesforceCall): Promise<Session>;
  /** A session newer than one that Salesforce no longer knows. */
  renewed(call: SalesforceCall, stale: Session): Promise<Session>;
}

/** An empty cache. `logIn` serves all who wait for it, so it must not end with one caller's signal. */
export function createSessions(logIn: (call: SalesforceCall) => Promise<Session>): Sessions {
  const known = new Map<string, Promise<Session>>();

  async function current(call: SalesforceCall): Promise<Session> {
    if (call.signal.aborted) throw cancellation(call.signal.reason);
    const key = keyOf(call);
    return untilAborted(known.get(key) ?? open(key, call), call.signal);
  }

  function open(key: string, call: SalesforceCall): Promise<Session> {
    const session = logIn(call).catch((thrown: unknown) => {
      if (known.get(key) === session) known.delete(key);
      throw thrown;
    });
    known.set(key, session);
    const [oldest] = known.keys();
    if (known.size > MAX_SESSIONS && oldest !== undefined) known.delete(oldest);
    return session;
  }

  return {
    current,
    async renewed(call, stale) {
      const key = keyOf(call);
      const held = known.get(key);
      const session = await current(call);
      // Of several who find out at once, the first has put a new login in its place.
      if (session === stale && known.get(key) === held) known.delete(key);
      return current(call);
    },
  };
}

function keyOf({ loginUrl, credentials }: SalesforceCall): string {
  return JSON.stringify([loginUrl, credentials]);
}

async function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const cancel = () => reject(cancellation(signal.reason));
  signal.addEventListener("abort", cancel, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}
