import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";

const PLAIN = 0;
const ZSTD = 1;
// Below this a frame's header eats what compression saves.
const SHORTEST_COMPRESSED = 512;
// The level that costs least: what is stored here is written often and read seldom.
const params = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 };

/** Bytes as they are stored: one byte that names the encoding, then the bytes, compressed when that is smaller. */
export function pack(bytes: Uint8Array): Uint8Array {
  const compressed = bytes.length > SHORTEST_COMPRESSED ? zstdCompressSync(bytes, { params }) : undefined;
  return compressed && compressed.length < bytes.length ? marked(ZSTD, compressed) : marked(PLAIN, bytes);
}

/** The bytes that {@link pack} was given. @throws Error for an encoding it never wrote, or a damaged frame. */
export function unpack(packed: Uint8Array): Uint8Array {
  const [encoding] = packed;
  const rest = packed.subarray(1);
  if (encoding === PLAIN) return rest;
  if (encoding === ZSTD) return zstdDecompressSync(rest);
  throw new Error(`unknown encoding ${encoding ?? "(empty)"}, known are ${PLAIN} (plain) and ${ZSTD} (zstd)`);
}

function marked(encoding: number, bytes: Uint8Array): Uint8Array {
  const packed = new Uint8Array(bytes.length + 1);
  packed[0] = encoding;
  packed.set(bytes, 1);
  return packed;
}
