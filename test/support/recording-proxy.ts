import { once } from "node:events";
import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands before a service and notes what is asked of it. */
export interface RecordingProxy {
  readonly url: string;
  /** Names of the operations so far, e.g. `PutItem`. */
  readonly operations: ReadonlySet<string>;
  close(): Promise<void>;
}

/** Forwards every request to a service that speaks one of AWS's JSON protocols, or to S3. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const operations = new Set<string>();
  const server = createServer((request, response) => {
    const { method = "POST", url = "/", headers } = request;
    // S3 has no protocol that names operations.
    operations.add(
      String(headers["x-amz-target"] ?? `${method === "GET" ? "Get" : "Put"}Object`).replace(/^.*\./, ""),
    );
    const forwarded = send(new URL(url, target), { method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    forwarded.on("error", () => response.destroy());
    request.pipe(forwarded);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    operations,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
