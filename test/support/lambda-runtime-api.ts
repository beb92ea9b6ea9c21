import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A fault that a function reported to the Runtime API, as Lambda would hand it to the caller. */
export class FunctionError extends Error {
  override readonly name = "FunctionError";
  readonly type: string;

  constructor(body: string) {
    const { errorType, errorMessage } = JSON.parse(body);
    super(errorMessage);
    this.type = errorType;
  }
}

/** Lambda's side of the conversation with one execution environment. */
export interface RuntimeApi {
  /** `host:port`, the value of AWS_LAMBDA_RUNTIME_API. */
  readonly address: string;
  /** Resolves when the function asks for its first event. @throws FunctionError when its initialisation failed. */
  readonly ready: Promise<void>;
  /** Sends an event and gives the answer. @throws FunctionError when the handler threw. */
  invoke(event: unknown): Promise<unknown>;
  /** Rejects everything under way: the process behind it is gone. */
  abandon(error: Error): void;
  close(): Promise<void>;
}

/** Serves the Lambda Runtime API (2018-06-01) on loopback, for functions that run one event at a time. */
export async function startRuntimeApi(timeoutMs: number): Promise<RuntimeApi> {
  const waiting: { readonly id: string; readonly event: unknown }[] = [];
  const open = new Map<string, PromiseWithResolvers<unknown>>();
  const ready = Promise.withResolvers<void>();
  // Whoever waits for it hears of a failure; nobody has to.
  ready.promise.catch(() => {});
  let idle: ServerResponse | undefined;

  const handOut = () => {
    const next = idle && waiting.shift();
    if (!idle || !next) return;
    idle
      .writeHead(200, {
        "content-type": "application/json",
        "lambda-runtime-aws-request-id": next.id,
        "lambda-runtime-deadline-ms": String(Date.now() + timeoutMs),
        "lambda-runtime-invoked-function-arn": "arn:aws:lambda:eu-west-1:000000000000:function:test",
      })
      .end(JSON.stringify(next.event));
    idle = undefined;
  };

  const server = createServer(async (request, response) => {
    const [, id = "", kind = ""] =
      /\/runtime\/(?:invocation\/)?(?:([^/]+)\/)?(\w+)$/.exec(request.url ?? "") ?? [];
    if (kind === "next") {
      ready.resolve();
      idle = response;
      handOut();
      return;
    }
    const body = await text(request);
    if (id === "init") ready.reject(new FunctionError(body));
    else if (kind === "response") open.get(id)?.resolve(JSON.parse(body));
    else open.get(id)?.reject(new FunctionError(body));
    open.delete(id);
    response.writeHead(202).end("{}");
  });
  server.requestTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    ready: ready.promise,
    invoke(event) {
      const id = randomUUID();
      const answer = Promise.withResolvers<unknown>();
      open.set(id, answer);
      waiting.push({ id, event });
      handOut();
      return answer.promise;
    },
    abandon(error) {
      ready.reject(error);
      for (const answer of open.values()) answer.reject(error);
      open.clear();
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
