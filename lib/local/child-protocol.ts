/** What the stack tells a server it starts in a process of its own. */
export interface ChildOptions {
  /** 0: any free port. A server that is started again gets the port it had. */
  readonly port: number;
  /** Folder it keeps its data in; absent: memory. */
  readonly data?: string;
}

/** What such a server answers, once. */
export type ChildAnswer = { readonly port: number } | { readonly failed: string };

/**
 * The child's side: starts the server, reports its port to the parent, and ends when the parent is gone, however it
 * went. Signals of the terminal are the parent's business: the server must outlive the runs that still use it.
 */
export async function serveAsChild(start: (options: ChildOptions) => Promise<number>): Promise<void> {
  process.once("disconnect", () => process.exit(0));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
  const options: ChildOptions = JSON.parse(process.argv[2] ?? "{}");
  try {
    answer({ port: await start(options) });
  } catch (error) {
    answer({ failed: error instanceof Error ? error.message : String(error) });
  }
}

function answer(message: ChildAnswer): void {
  process.send?.(message);
}
