import { hash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { signerOf } from "./signer-of.ts";

/** A stand-in for S3 on loopback. */
export interface ObjectServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Where a data folder keeps an object. Keys may hold what no file's name may: their hash stands for them. */
export function objectFile(dataFolder: string, bucket: string, key: string): string {
  return join(dataFolder, "objects", hash("sha256", `${bucket}/${key}`));
}

/** Gives the objects of a data folder to requests that are signed with an access key; other users of the machine reach loopback too. */
export async function startObjectServer(dataFolder: string, accessKeyId: string): Promise<ObjectServer> {
  const server = createServer(async (request, response) => {
    response.on("error", () => {});
    const object = signerOf(request) === accessKeyId ? await read(dataFolder, request) : undefined;
    if (object) response.writeHead(200, { "content-type": "application/octet-stream" }).end(object);
    else response.writeHead(404, { "content-type": "application/xml" }).end(NO_SUCH_KEY);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

const NO_SUCH_KEY =
  '<?xml version="1.0" encoding="UTF-8"?><Error><Code>NoSuchKey</Code><Message>There is no such object.</Message></Error>';

/** Bucket and key are the path, as clients without a host for each bucket write it. */
async function read(dataFolder: string, { method, url = "" }: IncomingMessage): Promise<Buffer | undefined> {
  const [, bucket = "", ...key] = url.replace(/\?.*$/s, "").split("/");
  try {
    return method === "GET"
      ? await readFile(objectFile(dataFolder, bucket, decodeURIComponent(key.join("/"))))
      : undefined;
  } catch {
    return undefined;
  }
}
