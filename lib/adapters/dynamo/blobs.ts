import { hash } from "node:crypto";
import type { AttributeValue, WriteRequest } from "@aws-sdk/client-dynamodb";
import {
  damaged,
  type Item,
  type Key,
  keyAttributes,
  keyOf,
  number,
  readNumber,
  readText,
  text,
} from "./item.ts";
import type { Table } from "./table.ts";

// An item may have 400 KB with its keys; 25 chunks of 350 KiB stay under the 16 MB of one batch.
const CHUNK_BYTES = 350 * 1024;

/** Bytes too large for one item, in chunks `blob#<sha256>#<k>` beside the item that refers to them. */
export interface Blobs {
  /** Stores the chunks and gives the reference; storing the same bytes again changes nothing. */
  store(pk: string, bytes: Uint8Array, expiresAt?: number): Promise<AttributeValue>;
  /** The bytes that attribute `name` refers to. @throws FlowError `internal` for a missing or damaged chunk. */
  load(item: Item, name: string): Promise<Uint8Array>;
  /** Deletes the chunks of every blob that an item refers to. */
  removeAll(item: Item): Promise<void>;
}

/** Blobs in a table. */
export function createBlobs(table: Table): Blobs {
  return {
    async store(pk, bytes, expiresAt) {
      const sha = hash("sha256", bytes);
      const chunks = Math.ceil(bytes.length / CHUNK_BYTES);
      const requests = chunkKeys(pk, sha, chunks).map(
        (key, k): WriteRequest => ({
          PutRequest: {
            Item: {
              ...keyAttributes(key),
              data: { B: bytes.subarray(k * CHUNK_BYTES, (k + 1) * CHUNK_BYTES) },
              ...(expiresAt !== undefined && { expires_at: number(expiresAt) }),
            },
          },
        }),
      );
      await table.writeMany(requests);
      return { M: { sha: text(sha), chunks: number(chunks), bytes: number(bytes.length) } };
    },
    async load(item, name) {
      const { pk, sha, keys } = reference(item, name);
      const found = new Map((await table.getMany(keys)).map((chunk) => [chunk.sk?.S, chunk.data?.B]));
      const parts = keys.map(({ sk }, k) => {
        const part = found.get(sk);
        if (part === undefined)
          throw damaged(
            item,
            `refers in "${name}" to blob ${sha}, whose chunk ${k} of ${keys.length} is missing`,
          );
        return part;
      });
      const bytes = Buffer.concat(parts);
      if (hash("sha256", bytes) !== sha)
        throw damaged(item, `refers in "${name}" to blob ${sha} of ${pk}, whose bytes are damaged`);
      return bytes;
    },
    async removeAll(item) {
      await table.writeMany(keysIn(item).map((key) => ({ DeleteRequest: { Key: keyOf(key) } })));
    },
  };
}

/** Sort keys of the chunks of every blob that an item refers to. */
export function blobKeys(item: Item): string[] {
  return keysIn(item).map(({ sk }) => sk);
}

function keysIn(item: Item): readonly Key[] {
  return Object.keys(item)
    .filter((name) => isBlobReference(item[name]))
    .flatMap((name) => reference(item, name).keys);
}

/** True for an attribute that {@link Blobs.store} made. */
export function isBlobReference(value: AttributeValue | undefined): boolean {
  return value?.M?.sha !== undefined;
}

function reference(item: Item, name: string): { pk: string; sha: string; keys: readonly Key[] } {
  const fields = { pk: item.pk, sk: item.sk, ...item[name]?.M } as Item;
  const [pk, sha] = [readText(fields, "pk"), readText(fields, "sha")];
  return { pk, sha, keys: chunkKeys(pk, sha, readNumber(fields, "chunks")) };
}

function chunkKeys(pk: string, sha: string, chunks: number): Key[] {
  return Array.from({ length: chunks }, (_none, k) => ({ pk, sk: `blob#${sha}#${k}` }));
}
