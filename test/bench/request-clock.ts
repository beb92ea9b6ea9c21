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
 * Loaded before the local stack (`node --import`), it writes the requests that the stack made to REQUEST_CLOCK_FILE when the
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

// The stack's own servers inherit the option, and have a channel to it.
const file = process.env.REQUEST_CLOCK_FILE;
if (file !== undefined && !process.send)
  process.once("exit", () => writeFileSync(file, JSON.stringify(requests)));
