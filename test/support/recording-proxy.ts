import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** What was asked of a service. */
export interface ServiceCall {
  /** e.g. `PutItem`. */
  readonly operation: string;
  /** Name, URL or id of the table, queue, secret or bucket; of an index `<table>/index/<name>`. */
  readonly target: string;
}

/** Stands before a service and notes what is asked of it. */
export interface RecordingProxy {
  readonly url: string;
  /** Each call so far, once. */
  calls(): readonly ServiceCall[];
  /** Cuts every connection until it is called again with false, as a service does that is down. */
  down(isDown: boolean): void;
  close(): Promise<void>;
}

/** Forwards every request to a service that speaks one of AWS's JSON protocols, or to S3. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const calls = new Map<string, ServiceCall>();
  let isDown = false;
  const server = createServer(async (request, response) => {
    const { method = "POST", url = "/", headers } = request;
    const body = await buffer(request).catch(() => undefined);
    if (!body) return;
    for (const call of callsOf(method, url, headers, body)) calls.set(JSON.stringify(call), call);
    if (isDown) return void response.destroy();
    const forwarded = send(new URL(url, target), { method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    forwarded.on("error", () => response.destroy());
    forwarded.end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => [...calls.values()],
    down(value) {
      isDown = value;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

interface Input {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly RequestItems?: object;
  readonly QueueUrl?: string;
  readonly SecretId?: string;
  readonly MetricDataQueries?: object;
}

function callsOf(
  method: string,
  url: string,
  headers: IncomingHttpHeaders,
  body: Buffer,
): readonly ServiceCall[] {
  const named = headers["x-amz-target"];
  // S3 has no protocol that names operations; the bucket begins the path.
  if (named === undefined)
    return [{ operation: `${method === "GET" ? "Get" : "Put"}Object`, target: url.split("/")[1] ?? "" }];
  const operation = String(named).replace(/^.*\./, "");
  const input: Input = JSON.parse(body.toString("utf8"));
  // Numbers are nobody's: their rights are on `*`.
  if (input.MetricDataQueries) return [{ operation, target: "*" }];
  const targets = input.RequestItems
    ? Object.keys(input.RequestItems)
    : [input.QueueUrl ?? input.SecretId ?? tableOf(input)];
  return targets.map((target) => ({ operation, target }));
}

function tableOf({ TableName = "", IndexName }: Input): string {
  return IndexName === undefined ? TableName : `${TableName}/index/${IndexName}`;
}
