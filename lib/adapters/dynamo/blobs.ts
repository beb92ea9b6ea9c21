import { createHash, hash } from "node:crypto";
import type { AttributeValue, WriteRequest } from "@aws-sdk/client-dynamodb";
import { batchesOf } from "../../core/batches-of.ts";
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
// What is read in one request, where all of it is wanted at once and where not: what DynamoDB gives, and 2.8 MB.
const [ALL_AT_ONCE, FEW_AT_ONCE] = [100, 8];
// A gigabyte and more: what refers to more chunks than that was never written.
const MOST_CHUNKS = 4_096;

/** Bytes too large for one item, in chunks `blob#<sha256>#<k>` beside the item that refers to them. */
export interface Blobs {
  /** Stores the chunks and gives the reference; storing the same bytes again changes nothing. */
  store(pk: string, bytes: Uint8Array, expiresAt?: number): Promise<AttributeValue.MMember>;
  /** The bytes that attribute `name` refers to. @throws FlowError `internal` for a missing or damaged chunk. */
  load(item: Item, name: string): Promise<Uint8Array>;
  /** The same, some chunks at a time. What is damaged may be found behind the last one only. @throws as {@link Blobs.load} */
  chunks(item: Item, name: string): AsyncGenerator<Uint8Array>;
  /** Deletes the chunks of every blob that an item refers to. */
  removeAll(item: Item): Promise<void>;
}

/** Blobs in a table. */
export function createBlobs(table: Table): Blobs {
  async function* read(item: Item, name: string, atOnce: number): AsyncGenerator<Uint8Array> {
    const { sha, bytes, keys } = reference(item, name);
    const wrong = (what: string) => damaged(item, `refers in "${name}" to blob ${sha}, whose ${what}`);
    const found = createHash("sha256");
    let k = 0;
    for (const batch of batchesOf(keys, atOnce)) {
      const parts = new Map((await table.getMany(batch)).map((chunk) => [chunk.sk?.S, chunk.data?.B]));
      for (const { sk } of batch) {
        const part = parts.get(sk);
        const length = Math.min(CHUNK_BYTES, bytes - k * CHUNK_BYTES);
        if (part === undefined) throw wrong(`chunk ${k} of ${keys.length} is missing`);
        if (part.length !== length)
          throw wrong(`chunk ${k} of ${keys.length} has ${part.length} bytes instead of ${length}`);
        found.update(part);
        yield part;
        k += 1;
      }
    }
    if (found.digest("hex") !== sha) throw wrong("bytes are damaged");
  }

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
      const whole = new Uint8Array(reference(item, name).bytes);
      let at = 0;
      for await (const part of read(item, name, ALL_AT_ONCE)) {
        whole.set(part, at);
        at += part.length;
      }
      return whole;
    },
    chunks: (item, name) => read(item, name, FEW_AT_ONCE),
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
