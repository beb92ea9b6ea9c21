import { constants, crc32, zstdCompressSync, zstdDecompressSync } from "node:zlib";

/** How bytes are stored, as the first of them says. */
const ENCODING = {
  /** As they are. Not written any more: what is cut off of such a value is not missed. */
  plain: 0,
  /** A zstd frame with a checksum. */
  zstd: 1,
  /** Their CRC-32 in four bytes, then as they are. */
  checked: 2,
} as const;

// Below this a frame's header eats what compression saves.
const SHORTEST_COMPRESSED = 512;
// The level that costs least: what is stored here is written often and read seldom.
const params = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 };

/** Bytes as they are stored: compressed when that is smaller, and so that damage to them is noticed. */
export function pack(bytes: Uint8Array): Uint8Array {
  const compressed = bytes.length > SHORTEST_COMPRESSED ? zstdCompressSync(bytes, { params }) : undefined;
  if (compressed && compressed.length < bytes.length) return joined([ENCODING.zstd], compressed);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(bytes));
  return joined([ENCODING.checked, ...checksum], bytes);
}

/** The bytes that {@link pack} was given. @throws Error for an encoding it never wrote, or damaged bytes. */
export function unpack(packed: Uint8Array): Uint8Array {
  const [encoding] = packed;
  const rest = packed.subarray(1);
  switch (encoding) {
    case ENCODING.plain:
      return rest;
    case ENCODING.zstd:
      return zstdDecompressSync(rest);
    case ENCODING.checked: {
      const bytes = rest.subarray(4);
      if (rest.length < 4 || Buffer.from(rest.subarray(0, 4)).readUInt32BE() !== crc32(bytes))
        throw new Error("its checksum is another one");
      return bytes;
    }
    default: {
      const known = Object.values(ENCODING).join(", ");
      throw new Error(`unknown encoding ${encoding ?? "(empty)"}, known are ${known}`);
    }
  }
}

function joined(head: readonly number[], bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(head.length + bytes.length);
  all.set(head);
  all.set(bytes, head.length);
  return all;
}
