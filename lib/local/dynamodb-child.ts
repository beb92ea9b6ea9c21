import { once } from "node:events";
import type { AddressInfo } from "node:net";
import dynalite from "dynalite";
import conditions from "dynalite/db/conditionParser.js";
import updates from "dynalite/db/updateParser.js";
import { serveAsChild } from "./child-protocol.ts";
import type { ServerOptions } from "./child-server.ts";
import { parseOnce } from "./parse-once.ts";

for (const parser of [conditions, updates]) parser.parse = parseOnce(parser.parse);

// dynalite throws the error of a client that hung up; nothing was under way for it.
process.on("uncaughtException", (error: NodeJS.ErrnoException) => {
  if (error.code === "ECONNRESET") return;
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});

await serveAsChild(async ({ port, data }: ServerOptions) => {
  const server = dynalite({ createTableMs: 0, ...(data !== undefined && { path: data }) });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address() as AddressInfo;
  await touchStore(address.port);
  return { ready: address.port };
});

/** The store is opened lazily: the first request shows whether its folder can be used. */
async function touchStore(port: number): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/`, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": "DynamoDB_20120810.ListTables",
      "x-amz-date": "20000101T000000Z",
      authorization:
        "AWS4-HMAC-SHA256 Credential=a/20000101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=a",
    },
    body: "{}",
  });
  if (!answer.ok) throw new Error(`the table store answered ${answer.status}: ${await answer.text()}`);
}
