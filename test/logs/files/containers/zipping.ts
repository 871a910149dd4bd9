import { crc32, deflateRawSync } from "node:zlib";

interface EntryOptions {
  readonly name: string;
  readonly stored?: boolean;
  /** Lengths and checksum follow the data, as in zip files that were written in one go. */
  readonly streamed?: boolean;
  /** Numbers in 64 bits, as in zip files of more than 4 GB. */
  readonly large?: boolean;
  readonly encrypted?: boolean;
  readonly method?: number;
}

interface Totals {
  readonly crc: number;
  readonly bytes: number;
  readonly compressedBytes: number;
}

export interface Packed extends EntryOptions {
  readonly content: string | Buffer;
  /** In place of the right checksum. */
  readonly crc?: number;
}

/** A zip file as tools make it. */
export function zip(packed: readonly Packed[], comment = ""): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const each of packed) {
    const content = Buffer.from(each.content);
    const data = each.stored === true ? content : deflateRawSync(content);
    const crc = each.crc ?? crc32(content);
    const totals = { crc, bytes: content.length, compressedBytes: data.length };
    const { local, listing } = zipEntry(each, totals);
    const trailer = each.streamed === true ? [u32(0x08074b50, ...sizes(totals))] : [];
    const whole = Buffer.concat([local, data, ...trailer]);
    parts.push(whole);
    directory.push(listing(totals, offset));
    offset += whole.length;
  }
  const listings = Buffer.concat(directory);
  const large = packed.some((each) => each.large === true);
  return Buffer.concat([
    ...parts,
    listings,
    zipEnd(packed.length, listings.length, offset, { large, comment }),
  ]);
}

const noTotals: Totals = { crc: 0, bytes: 0, compressedBytes: 0 };
const sizes = ({ crc, compressedBytes, bytes }: Totals) => [crc, compressedBytes, bytes];

/** What stands before the data of an entry, and what the directory says of it. */
export function zipEntry(options: EntryOptions, totals: Totals = noTotals) {
  const { stored, streamed, large, encrypted } = options;
  const name = Buffer.from(options.name);
  const flags = 0x800 | (streamed === true ? 8 : 0) | (encrypted === true ? 1 : 0);
  const method = options.method ?? (stored === true ? 0 : 8);
  const local = Buffer.concat([
    u32(0x04034b50),
    u16(20, flags, method, 0, 0),
    u32(...sizes(streamed === true ? noTotals : totals)),
    u16(name.length, 4),
    name,
    // An entry's own header can have extra fields that the directory knows nothing of.
    u16(0x9999, 0),
  ]);
  const listing = ({ crc, bytes, compressedBytes }: Totals, offset: number): Buffer => {
    const extra =
      large === true
        ? [u16(0x5455, 1), Buffer.alloc(1), u16(1, 24), u64(bytes, compressedBytes, offset)]
        : [];
    const elsewhere = (value: number) => (large === true ? 0xffffffff : value);
    return Buffer.concat([
      u32(0x02014b50),
      u16(20, 20, flags, method, 0, 0),
      u32(crc, elsewhere(compressedBytes), elsewhere(bytes)),
      u16(name.length, Buffer.concat(extra).length, 0, 0, 0),
      u32(0, elsewhere(offset)),
      name,
      ...extra,
    ]);
  };
  return { local, listing };
}

export function zipEnd(
  count: number,
  bytes: number,
  offset: number,
  { large = false, comment = "" } = {},
): Buffer {
  const note = Buffer.from(comment);
  const after = [u16(note.length), note];
  if (!large) {
    return Buffer.concat([u32(0x06054b50), u16(0, 0, count, count), u32(bytes, offset), ...after]);
  }
  return Buffer.concat([
    u32(0x06064b50),
    u64(44),
    u16(45, 45),
    u32(0, 0),
    u64(count, count, bytes, offset),
    u32(0x07064b50, 0),
    u64(offset + bytes),
    u32(1, 0x06054b50),
    u16(0, 0, 0xffff, 0xffff),
    u32(0xffffffff, 0xffffffff),
    ...after,
  ]);
}

function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => bytes.writeUInt16LE(value, index * 2));
  return bytes;
}

function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32LE(value >>> 0, index * 4));
  return bytes;
}

function u64(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 8);
  values.forEach((value, index) => bytes.writeBigUInt64LE(BigInt(value), index * 8));
  return bytes;
}
