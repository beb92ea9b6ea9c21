import { subscribe } from "node:diagnostics_channel";
import { writeFileSync } from "node:fs";
import type { ClientRequest } from "node:http";

/** One request as the process that made it saw it, in milliseconds since its start. */
export interface TimedRequest {
  /** DynamoDB's operation, e.g. `PutItem`; `call` for one that a workflow's step made. */
  readonly what: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/*
 * Loaded before the local stack (`node --import`), it writes the requests that its runner made to REQUEST_CLOCK_FILE when the
 * process ends. The SDK's requests come through Node's own client, those of steps through undici; both tell of them.
 */

const requests: TimedRequest[] = [];
const started = new WeakMap<object, number>();
const begin = (message: unknown) => started.set((message as { request: object }).request, performance.now());
const end = (message: unknown, what: string | undefined): void => {
  const startedAt = started.get((message as { request: object }).request);
  if (startedAt === undefined || what === undefined) return;
  requests.push({ what, startedAt, endedAt: performance.now() });
};

subscribe("http.client.request.created", begin);
subscribe("http.client.response.finish", (message) => {
  const { request } = message as { request: ClientRequest };
  end(message, /^DynamoDB_\d+\.(\w+)$/.exec(String(request.getHeader("x-amz-target")))?.[1]);
});
subscribe("undici:request:create", begin);
subscribe("undici:request:trailers", (message) => end(message, "call"));

// Every process of the stack inherits the option; the runner is the one that calls and writes.
const file = process.env.REQUEST_CLOCK_FILE;
process.on("exit", () => {
  const isRunner = ["call", "PutItem"].every((kind) => requests.some(({ what }) => what === kind));
  if (file !== undefined && isRunner) writeFileSync(file, JSON.stringify(requests));
});
