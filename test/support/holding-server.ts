import { EventEmitter, once } from "node:events";
import type { ServerResponse } from "node:http";
import { type LoopbackServer, startLoopbackServer } from "./loopback-server.ts";

/** A server that answers a request only when the test says so. */
export interface HoldingServer extends LoopbackServer {
  /** Resolves at the next request; asked for before it is made. */
  nextCall(): Promise<unknown>;
  /** Answers the request that came last with this JSON, and 200 where no status is given. */
  reply(body: object, status?: number): void;
}

/** Starts one that holds every request. */
export async function startHoldingServer(): Promise<HoldingServer> {
  const held: ServerResponse[] = [];
  const calls = new EventEmitter();
  const server = await startLoopbackServer((_request, response) => {
    held.push(response);
    calls.emit("call");
  });
  return {
    ...server,
    nextCall: () => once(calls, "call"),
    reply: (body, status = 200) =>
      void held.pop()?.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body)),
  };
}
