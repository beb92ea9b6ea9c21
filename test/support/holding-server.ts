import { EventEmitter, once } from "node:events";
import type { ServerResponse } from "node:http";
import { type LoopbackServer, startLoopbackServer } from "./loopback-server.ts";

/** A server that answers a request only when the test says so. */
export interface HoldingServer extends LoopbackServer {
  /** Resolves at the next request; asked for before it is made. */
  nextCall(): Promise<unknown>;
  /** Answers the request that came last with this JSON. */
  reply(body: object): void;
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
    reply: (body) =>
      void held.pop()?.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body)),
  };
}
