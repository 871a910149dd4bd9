import { crc32 } from "node:zlib";
import { CompressionDamage, Inflater } from "./inflater.ts";
import { entryBytes, entryMark, type ZipEntry } from "./zipDirectory.ts";

export const stored = 0;
export const deflated = 8;

/** Limits the output of one step. Deflate grows data a thousandfold at most. */
const stepBytes = 16 * 1024;
const outputBytes = 64 * 1024;

/**
 * Returns the contents of an entry from its compressed bytes.
 *
 * @throws CompressionDamage after the last good bytes
 */
export async function* unzip(
  entry: ZipEntry,
  compressed: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  let crc = 0;
  for await (const chunk of entry.method === stored ? compressed : inflate(compressed)) {
    bytes += chunk.length;
    crc = crc32(chunk, crc);
    yield chunk;
  }
  if (bytes !== entry.bytes || crc !== entry.crc) {
    throw new CompressionDamage("zip data does not match its checksum");
  }
}

async function* inflate(compressed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const inflater = new Inflater("zip", outputBytes);
  try {
    for await (const chunk of compressed) {
      for (let from = 0; from < chunk.length && !inflater.failed; from += stepBytes) {
        inflater.start(chunk.subarray(from, from + stepBytes));
        const ready = await inflater.finished();
        if (ready.length > 0) {
          yield ready;
        }
      }
      if (inflater.failed) {
        break;
      }
    }
    inflater.start(null);
    const rest = await inflater.finished();
    if (rest.length > 0) {
      yield rest;
    }
    inflater.throwIfDamaged();
  } finally {
    inflater.close();
  }
}

/** Returns the offset of an entry's data from the start of its header; null if there is no header. */
export function dataOffset(header: Buffer): number | null {
  if (header.length < entryBytes || header.readUInt32LE(0) !== entryMark) {
    return null;
  }
  return entryBytes + header.readUInt16LE(26) + header.readUInt16LE(28);
}
