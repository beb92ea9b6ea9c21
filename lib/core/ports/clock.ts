/** The only way to know the time or to let it pass. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`, or at once with a rejection (the signal's reason) when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `expire` after `ms` unless the returned function is called first. */
  timer(ms: number, expire: () => void): () => void;
}
