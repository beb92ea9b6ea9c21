import type { IncomingMessage } from "node:http";

/** The access key id in a request's signature (AWS Signature Version 4). */
export function signerOf({ headers }: IncomingMessage): string | undefined {
  return /\bCredential=([^/]+)\//.exec(headers.authorization ?? "")?.[1];
}
