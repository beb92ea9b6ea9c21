import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { bodyKindOf, readBody } from "../../core/event-body.ts";
import { type Json, parseJson } from "../../core/json.ts";
import { createJsonReader } from "../../core/json-reader.ts";
import { type Blobs, isBlobReference } from "./blobs.ts";
import { damaged, type Item } from "./item.ts";
import { pack, unpack, unpackedBytes, unpackInPieces } from "./packed-value.ts";

/**
 * Packed bytes of one attribute that stay in the run's item. Each update of an item is paid for by its whole size and
 * a run's item is written three times, so a larger value is cheaper in chunks. Event, output and tail may have this size
 * at once, and request, error and reason the smaller one: 240 of the 400 KB that an item may have.
 */
export const RUN_INLINE_BYTES = 64 * 1024;
/** The same for values that are seldom large. */
export const RUN_SMALL_INLINE_BYTES = 16 * 1024;
/** Packed bytes that stay in an item that is written once: a segment, a version. */
export const INLINE_BYTES = 256 * 1024;

// Read as a whole a value takes three times its size; up to this one that is no matter, and small ones are read faster so.
const WHOLE_BYTES = 8 * 1024 * 1024;

/** Where a value goes: the partition its chunks would lie in, how much stays in the item, when it may be deleted. */
export interface Placement {
  readonly pk: string;
  readonly inlineBytes: number;
  readonly expiresAt?: number;
}

/** Values of any size as attributes: packed, and split off into chunks when they are large. */
export interface StoredValues {
  storeBytes(bytes: Uint8Array, placement: Placement): Promise<AttributeValue>;
  /** Stores anything that `JSON.stringify` takes. */
  storeJson(value: unknown, placement: Placement): Promise<AttributeValue>;
  /** @throws FlowError `internal` for a value that is missing or damaged. */
  loadBytes(item: Item, name: string): Promise<Uint8Array>;
  /** An event's body as `readBody` reads it; a large one is never whole in memory. @throws as {@link StoredValues.loadBytes} */
  loadBody(item: Item, name: string, contentType: string): Promise<Json>;
  /** @throws FlowError `internal` for a value that is missing or damaged. */
  loadJson(item: Item, name: string): Promise<Json>;
}

/** Values beside the blobs of a table. */
export function createStoredValues(blobs: Blobs): StoredValues {
  const storeBytes: StoredValues["storeBytes"] = async (bytes, { pk, inlineBytes, expiresAt }) => {
    const packed = pack(bytes);
    if (packed.length <= inlineBytes) return { B: packed };
    const { M } = await blobs.store(pk, packed, expiresAt);
    return { M: { ...M, ...(bytes.length > WHOLE_BYTES && { large: { BOOL: true } }) } };
  };
  const loadBytes: StoredValues["loadBytes"] = async (item, name) => {
    const packed = isBlobReference(item[name]) ? await blobs.load(item, name) : item[name]?.B;
    if (packed === undefined) throw damaged(item, `has no value in "${name}"`);
    return readable(item, name, () => unpack(packed));
  };
  /** Undefined for what cannot be read so: read whole, it says what is wrong with it, or that it is no JSON. */
  const readInPieces = async (item: Item, name: string): Promise<Json | undefined> => {
    const reader = createJsonReader();
    try {
      const packed = item[name]?.B;
      await unpackInPieces(packed ? [packed] : blobs.chunks(item, name), reader.push);
      return reader.end();
    } catch {
      return undefined;
    }
  };
  return {
    storeBytes,
    storeJson: (value, placement) => storeBytes(new TextEncoder().encode(JSON.stringify(value)), placement),
    loadBytes,
    async loadBody(item, name, contentType) {
      const { B, M } = item[name] ?? {};
      const isLarge = B ? unpackedBytes(B) > WHOLE_BYTES : M?.large?.BOOL === true;
      const isRead = isLarge && bodyKindOf(contentType) === "json";
      const inPieces = isRead ? await readInPieces(item, name) : undefined;
      if (inPieces !== undefined) return inPieces;
      const body = await loadBytes(item, name);
      return readable(item, name, () => readBody({ body, contentType }));
    },
    async loadJson(item, name) {
      const bytes = await loadBytes(item, name);
      return readable(item, name, () => parseJson(new TextDecoder().decode(bytes)));
    },
  };
}

function readable<T>(item: Item, name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw damaged(item, `cannot be read in "${name}": ${cause instanceof Error ? cause.message : cause}`);
  }
}
