import { startWatchedChild, type WatchedChildOptions } from "./watched-child.ts";

/** What the stack tells a server it starts in a process of its own. */
export interface ServerOptions {
  /** 0: any free port. A server that is started again gets the port it had. */
  readonly port: number;
  /** Folder it keeps its data in; absent: memory. */
  readonly data?: string;
}

/** A server in a process of its own, started again when it dies. */
export interface ChildServer {
  readonly url: string;
  readonly pid: number;
  close(): Promise<void>;
}

/** Which server, and who hears of its trouble. */
export interface ChildServerOptions extends Omit<WatchedChildOptions<number>, "options"> {
  readonly data?: string;
}

/**
 * Starts the server on a free port of loopback and watches it.
 * @throws Error when it cannot start, saying why.
 */
export async function startChildServer({ data, ...options }: ChildServerOptions): Promise<ChildServer> {
  const child = await startWatchedChild<number>({
    ...options,
    options: (port = 0): ServerOptions => ({ port, ...(data !== undefined && { data }) }),
  });
  return {
    url: `http://127.0.0.1:${child.ready}`,
    get pid() {
      return child.pid;
    },
    close: () => child.close(),
  };
}
