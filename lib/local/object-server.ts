import { hash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { type LoopbackServer, startLoopbackServer } from "./loopback-server.ts";
import { signerOf } from "./signer-of.ts";

/** Where a data folder keeps an object. Keys may hold what no file's name may: their hash stands for them. */
export function objectFile(dataFolder: string, bucket: string, key: string): string {
  return join(dataFolder, "objects", hash("sha256", `${bucket}/${key}`));
}

/** Gives the objects of a data folder to requests that are signed with an access key; other users of the machine reach loopback too. */
export async function startObjectServer(dataFolder: string, accessKeyId: string): Promise<LoopbackServer> {
  return startLoopbackServer(async (request, response) => {
    response.on("error", () => {});
    const object = signerOf(request) === accessKeyId ? await read(dataFolder, request) : undefined;
    if (object) response.writeHead(200, { "content-type": "application/octet-stream" }).end(object);
    else response.writeHead(404, { "content-type": "application/xml" }).end(NO_SUCH_KEY);
  });
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
