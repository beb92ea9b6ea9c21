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
// A gigabyte and more: what refers to more chunks than that was never written.
const MOST_CHUNKS = 4_096;

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
      const chunks = chunksOf(bytes.length);
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
      const { sha, bytes, keys } = reference(item, name);
      const wrong = (what: string) => damaged(item, `refers in "${name}" to blob ${sha}, whose ${what}`);
      const found = new Map((await table.getMany(keys)).map((chunk) => [chunk.sk?.S, chunk.data?.B]));
      const whole = new Uint8Array(bytes);
      for (const [k, { sk }] of keys.entries()) {
        const part = found.get(sk);
        const length = Math.min(CHUNK_BYTES, bytes - k * CHUNK_BYTES);
        if (part === undefined) throw wrong(`chunk ${k} of ${keys.length} is missing`);
        if (part.length !== length)
          throw wrong(`chunk ${k} of ${keys.length} has ${part.length} bytes instead of ${length}`);
        whole.set(part, k * CHUNK_BYTES);
      }
      if (hash("sha256", whole) !== sha) throw wrong("bytes are damaged");
      return whole;
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

/** What an attribute of a blob says: its digest, its size, and where its chunks are. */
function reference(
  item: Item,
  name: string,
): { readonly sha: string; readonly bytes: number; readonly keys: readonly Key[] } {
  const fields = { pk: item.pk, sk: item.sk, ...item[name]?.M } as Item;
  const sha = readText(fields, "sha");
  const [chunks, bytes] = [readNumber(fields, "chunks"), readNumber(fields, "bytes")];
  if (chunks !== chunksOf(bytes) || chunks > MOST_CHUNKS)
    throw damaged(item, `refers in "${name}" to ${chunks} chunks, which is not what ${bytes} bytes take`);
  return { sha, bytes, keys: chunkKeys(readText(fields, "pk"), sha, chunks) };
}

function chunksOf(bytes: number): number {
  return Math.ceil(bytes / CHUNK_BYTES);
}

function chunkKeys(pk: string, sha: string, chunks: number): Key[] {
  return Array.from({ length: chunks }, (_none, k) => ({ pk, sk: `blob#${sha}#${k}` }));
}
