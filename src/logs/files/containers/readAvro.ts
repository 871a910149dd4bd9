import { brotliDecompressSync, crc32, inflateRawSync } from "node:zlib";
import type { RecordMaker } from "../envelopes/recordMaker.ts";
import { AvroDecoder } from "./avroDecoder.ts";
import { AvroProblem, parseAvroSchema, type AvroType } from "./avroSchema.ts";
import { ByteQueue, StreamEnd } from "./byteQueue.ts";

const mark = Buffer.from("Obj\u0001", "latin1");
const syncBytes = 16;
/** Maximum size of the header and of a block, compressed and uncompressed. Event Hubs writes far smaller ones. */
const maxBytes = 64 * 1024 * 1024;

export function isAvro(head: Buffer): boolean {
  return head.subarray(0, mark.length).equals(mark);
}

/**
 * Reads an Avro object container file, as written by Event Hubs Capture, block by block. A broken block is
 * reported, and everything after it is lost. Yields after each block, so that its records can be taken.
 */
export async function* readAvro(
  maker: RecordMaker,
  chunks: AsyncGenerator<Buffer>,
): AsyncGenerator<void> {
  const queue = new ByteQueue(chunks, maxBytes);
  const place = (index: number | null) => ({ source: maker.source, line: null, index });
  let index = 0;
  try {
    const { type, codec, sync } = await readHeader(queue);
    maker.columns(type.kind === "record" ? type.fields.map(([name]) => name) : []);
    while (!(await queue.isDone())) {
      const count = await readLong(queue);
      const size = await readLong(queue);
      if (count < 0 || size < 0 || size > maxBytes) {
        throw new AvroProblem(`a block claims ${count} records in ${size} bytes`);
      }
      const decoder = new AvroDecoder(await unpack(await queue.take(size), codec));
      if (count > Math.max(decoder.left, 1_000)) {
        throw new AvroProblem(`a block claims ${count} records in ${decoder.left} bytes`);
      }
      for (let record = 0; record < count; record++) {
        maker.value(decoder.value(type), place(index++));
      }
      if (!(await queue.take(syncBytes)).equals(sync)) {
        throw new AvroProblem("a block does not end where it should");
      }
      yield;
    }
  } catch (error) {
    if (!(error instanceof AvroProblem) && !(error instanceof StreamEnd)) {
      throw error;
    }
    maker.bad(
      `Avro file is cut off or broken after record ${index}: ${error.message}`,
      place(null),
    );
    yield;
  }
}

async function readHeader(queue: ByteQueue) {
  await queue.take(mark.length);
  const metadata = new Map<string, Buffer>();
  for (let count = await readLong(queue); count !== 0; count = await readLong(queue)) {
    if (count < 0) {
      await readLong(queue);
    }
    if (Math.abs(count) > 1_000) {
      throw new AvroProblem("its header claims too many entries");
    }
    for (let entry = 0; entry < Math.abs(count); entry++) {
      const key = await queue.take(await readLength(queue));
      metadata.set(key.toString("utf8"), await queue.take(await readLength(queue)));
    }
  }
  const type: AvroType = parseAvroSchema(metadata.get("avro.schema")?.toString("utf8") ?? "");
  const codec = metadata.get("avro.codec")?.toString("utf8") ?? "null";
  return { type, codec, sync: Buffer.from(await queue.take(syncBytes)) };
}

async function readLength(queue: ByteQueue): Promise<number> {
  const length = await readLong(queue);
  if (length < 0 || length > maxBytes) {
    throw new AvroProblem("its header claims more than its bytes can contain");
  }
  return length;
}

async function readLong(queue: ByteQueue): Promise<number> {
  const bytes: number[] = [];
  do {
    bytes.push((await queue.take(1))[0] ?? 0);
  } while (((bytes.at(-1) ?? 0) & 0x80) !== 0 && bytes.length < 10);
  return new AvroDecoder(Buffer.from(bytes)).long();
}

async function unpack(bytes: Buffer, codec: string): Promise<Buffer> {
  const options = { maxOutputLength: maxBytes };
  try {
    switch (codec) {
      case "null":
        return bytes;
      case "deflate":
        return inflateRawSync(bytes, options);
      case "brotli":
        return brotliDecompressSync(bytes, options);
      case "snappy":
        return await unpackSnappy(bytes);
      default:
        break;
    }
  } catch {
    throw new AvroProblem("a block is wrongly compressed, or larger than 64 MB");
  }
  throw new AvroProblem(
    `its blocks are compressed with ${codec.slice(0, 20)}, which is not supported`,
  );
}

/** The usual packing of Spark. The data begins with its length, and a checksum follows it. */
async function unpackSnappy(bytes: Buffer): Promise<Buffer> {
  const data = bytes.subarray(0, -4);
  let length = 0;
  for (let at = 0, isMore = true; isMore && at < 5; at++) {
    const byte = data[at] ?? 0;
    length += (byte & 0x7f) * 2 ** (7 * at);
    isMore = (byte & 0x80) !== 0;
  }
  if (length > maxBytes) {
    throw new RangeError("larger than 64 MB");
  }
  const { compressors } = await import("hyparquet-compressors");
  const unpacked = Buffer.from(compressors.SNAPPY?.(data, length) ?? []);
  if (crc32(unpacked) !== bytes.readUInt32BE(bytes.length - 4)) {
    throw new RangeError("the checksum does not match");
  }
  return unpacked;
}
