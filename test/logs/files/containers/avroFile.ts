/** Writes Avro object container files, as Event Hubs Capture does, for tests. */
import { crc32, deflateRawSync } from "node:zlib";

/** The schema of Event Hubs Capture, as far as it matters. */
const captureSchema = {
  type: "record",
  name: "EventData",
  namespace: "Microsoft.ServiceBus.Messaging",
  fields: [
    { name: "SequenceNumber", type: "long" },
    { name: "Offset", type: "string" },
    { name: "EnqueuedTimeUtc", type: "string" },
    { name: "Properties", type: { type: "map", values: ["long", "double", "string", "bytes"] } },
    { name: "Body", type: ["null", "bytes"] },
  ],
};

export function long(value: number): Buffer {
  let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  const encoded: number[] = [];
  do {
    const more = rest > 0x7fn;
    encoded.push(Number(rest & 0x7fn) | (more ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(encoded);
}

export function bytes(content: string | Buffer): Buffer {
  const text = Buffer.from(content);
  return Buffer.concat([long(text.length), text]);
}

const sync = Buffer.alloc(16, 7);

/** One message of the hub, with a body as whoever sent it wrote it. */
export function message(body: string, sequence = 0): Buffer {
  const properties = Buffer.concat([long(1), bytes("source"), long(2), bytes("entra"), long(0)]);
  const parts = [
    long(sequence),
    bytes("0"),
    bytes("3/10/2026 9:00:00 AM"),
    properties,
    long(1),
    bytes(body),
  ];
  return Buffer.concat(parts);
}

interface AvroFile {
  readonly schema?: unknown;
  readonly codec?: "null" | "deflate" | "snappy" | "zstandard";
  /** The records of each block, encoded. */
  readonly blocks: readonly (readonly Buffer[])[];
  /** What each block claims instead of the truth. */
  readonly count?: number;
  readonly size?: number;
  /** How many bytes a block of Snappy claims to have unpacked. */
  readonly claimed?: number;
}

const packing: Readonly<Partial<Record<string, (whole: Buffer, claimed?: number) => Buffer>>> = {
  deflate: (whole) => deflateRawSync(whole),
  snappy,
};

/** Packs nothing, and says so as Snappy does. */
function snappy(whole: Buffer, claimed = whole.length): Buffer {
  const length: number[] = [];
  let rest = claimed;
  do {
    length.push((rest % 128) | (rest > 0x7f ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  const parts: Buffer[] = [Buffer.from(length)];
  for (let at = 0; at < whole.length; at += 60) {
    const part = whole.subarray(at, at + 60);
    parts.push(Buffer.of((part.length - 1) << 2), part);
  }
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(whole));
  return Buffer.concat([...parts, checksum]);
}

export function avro({
  schema = captureSchema,
  codec = "null",
  blocks,
  ...claims
}: AvroFile): Buffer {
  const header = [
    Buffer.from("Obj\u0001", "latin1"),
    long(2),
    bytes("avro.schema"),
    bytes(typeof schema === "string" ? schema : JSON.stringify(schema)),
    bytes("avro.codec"),
    bytes(codec),
    long(0),
    sync,
  ];
  const packed = blocks.flatMap((records) => {
    const whole = Buffer.concat(records);
    const content = packing[codec]?.(whole, claims.claimed) ?? whole;
    const count = claims.count ?? records.length;
    return [long(count), long(claims.size ?? content.length), content, sync];
  });
  return Buffer.concat([...header, ...packed]);
}
