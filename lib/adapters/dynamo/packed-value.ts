import { pipeline } from "node:stream/promises";
import { constants, crc32, createZstdDecompress, zstdCompressSync, zstdDecompressSync } from "node:zlib";

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
// What is unpacked at a time.
const PIECE_BYTES = 64 * 1024;
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

/**
 * Gives the bytes of a compressed value to `take` piece by piece, as those of the packed one come.
 * @throws Error for any other encoding, or damaged bytes.
 */
export async function unpackInPieces(
  packed: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  take: (piece: Uint8Array) => void,
): Promise<void> {
  await pipeline(
    withoutEncoding(packed),
    createZstdDecompress({ chunkSize: PIECE_BYTES }),
    async (pieces: AsyncIterable<Uint8Array>) => {
      for await (const piece of pieces) take(piece);
    },
  );
}

async function* withoutEncoding(packed: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
  let isFirst = true;
  for await (const part of packed) {
    if (isFirst && part[0] !== ENCODING.zstd) throw new Error("it is not compressed");
    yield isFirst ? part.subarray(1) : part;
    isFirst = false;
  }
}

/** How many bytes a compressed value has unpacked: its frame's header says so (RFC 8878, section 3.1.1.1). 0 where nothing says so. */
export function unpackedBytes(packed: Uint8Array): number {
  const { buffer, byteOffset, byteLength } = packed;
  const descriptor = packed[5] ?? 0;
  const isOneSegment = (descriptor & 0x20) !== 0;
  const at = 6 + (isOneSegment ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] as number);
  if (packed[0] !== ENCODING.zstd || byteLength < at + 8) return 0;
  const view = new DataView(buffer, byteOffset + at);
  switch (descriptor >> 6) {
    case 0:
      return isOneSegment ? view.getUint8(0) : 0;
    case 1:
      return view.getUint16(0, true) + 256;
    case 2:
      return view.getUint32(0, true);
    default:
      return Number(view.getBigUint64(0, true));
  }
}

function joined(head: readonly number[], bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(head.length + bytes.length);
  all.set(head);
  all.set(bytes, head.length);
  return all;
}
