/** What a child answers, once. */
export type ChildAnswer<Ready> = { readonly ready: Ready } | { readonly failed: string };

/** What runs in a child. */
export interface ChildWork<Ready> {
  readonly ready: Ready;
  /** Called before the process ends because the stack does; absent: there is nothing to bring to an end. */
  stop?(): Promise<void>;
}

/** The message by which the stack asks a child to end. */
export const STOP = "stop";

/**
 * The child's side: starts its work with the options that its parent gave it, answers what came of it, and ends when it is asked to,
 * or when the parent is gone, however it went. Signals of the terminal are the parent's business.
 */
export async function serveAsChild<Options, Ready>(
  start: (options: Options) => Promise<ChildWork<Ready>>,
): Promise<void> {
  process.once("disconnect", () => process.exit(0));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
  try {
    const { ready, stop } = await start(JSON.parse(process.argv[2] ?? "{}"));
    process.once("message", async (message) => {
      if (message !== STOP) return;
      await stop?.();
      process.exit(0);
    });
    answer({ ready });
  } catch (error) {
    answer({ failed: error instanceof Error ? error.message : String(error) });
  }
}

function answer<Ready>(message: ChildAnswer<Ready>): void {
  process.send?.(message);
}
