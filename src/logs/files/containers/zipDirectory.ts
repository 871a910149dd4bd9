import { isUtf8 } from "node:buffer";
import type { FileHandle } from "node:fs/promises";

/** A file in a zip file, according to the directory at its end. */
export interface ZipEntry {
  /** Path with slashes, as written. It is only displayed, never opened. */
  readonly name: string;
  readonly method: number;
  readonly encrypted: boolean;
  /** Checksum and length of the contents. */
  readonly crc: number;
  readonly bytes: number;
  readonly compressedBytes: number;
  /** Offset of the entry's own header, which precedes its data. */
  readonly offset: number;
}

/** The directory is invalid. */
export class ZipDamage extends Error {
  override readonly name = "ZipDamage";
}

/** The number of bytes needed to recognise a zip file. */
export const zipMarkBytes = 4;

/** The first bytes are those of an entry, or, in an empty zip file, of the end of the directory. */
export function isZip(head: Buffer): boolean {
  return head.length >= zipMarkBytes && [entryMark, endMark].includes(head.readUInt32LE(0));
}

export const entryMark = 0x04034b50;
export const entryBytes = 30;

const listingMark = 0x02014b50;
const listingBytes = 46;
const endMark = 0x06054b50;
const endBytes = 22;
const maxCommentBytes = 0xffff;
const locatorMark = 0x07064b50;
const locatorBytes = 20;
const largeEndMark = 0x06064b50;
const largeEndBytes = 56;

/** Half a million entries, more than any log has. */
const maxDirectoryBytes = 64 * 1024 * 1024;

/** Stands for numbers that need 64 bits and are stored elsewhere. */
const heldElsewhere = 0xffffffff;
const largeField = 0x0001;

/**
 * Lists the content of a zip file of a given size.
 *
 * @throws ZipDamage if it is cut off, broken, or claims more than it contains
 */
export async function readZipDirectory(
  file: FileHandle,
  size: number,
): Promise<readonly ZipEntry[]> {
  const { offset, bytes } = await findDirectory(file, size);
  if (bytes > maxDirectoryBytes) {
    throw new ZipDamage("its directory is larger than 64 MB");
  }
  const directory = await readAt(file, offset, bytes);
  const entries: ZipEntry[] = [];
  for (let at = 0; at < directory.length;) {
    const listing = directory.subarray(at);
    if (listing.length < listingBytes || listing.readUInt32LE(0) !== listingMark) {
      throw new ZipDamage("its directory is broken");
    }
    const [name, extra, comment] = [28, 30, 32].map((field) => listing.readUInt16LE(field));
    at += listingBytes + (name ?? 0) + (extra ?? 0) + (comment ?? 0);
    if (at > directory.length) {
      throw new ZipDamage("its directory is broken");
    }
    entries.push(readListing(listing, name ?? 0, extra ?? 0));
  }
  // In a zip bomb many entries share the same data.
  const compressed = entries.reduce((sum, entry) => sum + entry.compressedBytes, 0);
  if (compressed > size) {
    throw new ZipDamage("its entries are larger than the file");
  }
  return entries;
}

async function findDirectory(file: FileHandle, size: number) {
  const tail = Math.min(size, endBytes + maxCommentBytes + locatorBytes);
  const bytes = await readAt(file, size - tail, tail);
  for (let at = bytes.length - endBytes; at >= 0; at--) {
    if (bytes.readUInt32LE(at) !== endMark) {
      continue;
    }
    // What looks like the mark may be part of the comment.
    if (at + endBytes + bytes.readUInt16LE(at + 20) !== bytes.length) {
      continue;
    }
    const locator = at - locatorBytes;
    if (locator >= 0 && bytes.readUInt32LE(locator) === locatorMark) {
      const large = await readAt(file, readLarge(bytes, locator + 8), largeEndBytes);
      if (large.readUInt32LE(0) !== largeEndMark) {
        throw new ZipDamage("its directory is broken");
      }
      return { bytes: readLarge(large, 40), offset: readLarge(large, 48) };
    }
    return { bytes: bytes.readUInt32LE(at + 12), offset: bytes.readUInt32LE(at + 16) };
  }
  throw new ZipDamage("it is cut off, so that its directory is missing");
}

function readListing(listing: Buffer, nameBytes: number, extraBytes: number): ZipEntry {
  const name = listing.subarray(listingBytes, listingBytes + nameBytes);
  const extra = listing.subarray(listingBytes + nameBytes, listingBytes + nameBytes + extraBytes);
  const large = largeNumbers(extra);
  const number = (at: number): number => {
    const value = listing.readUInt32LE(at);
    return value === heldElsewhere ? large.next() : value;
  };
  // In the order of the large numbers.
  const bytes = number(24);
  const compressedBytes = number(20);
  const offset = number(42);
  return {
    name: name.toString(isUtf8(name) ? "utf8" : "latin1").replaceAll("\\", "/"),
    method: listing.readUInt16LE(10),
    encrypted: (listing.readUInt16LE(8) & 1) === 1,
    crc: listing.readUInt32LE(16),
    bytes,
    compressedBytes,
    offset,
  };
}

/** Returns the 64-bit numbers of an entry, in order. */
function largeNumbers(extra: Buffer) {
  let at = 0;
  while (at + 4 <= extra.length && extra.readUInt16LE(at) !== largeField) {
    at += 4 + extra.readUInt16LE(at + 2);
  }
  at += 4;
  return {
    next(): number {
      at += 8;
      if (at > extra.length) {
        throw new ZipDamage("its directory is broken");
      }
      return readLarge(extra, at - 8);
    },
  };
}

function readLarge(bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64LE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new ZipDamage("its directory is broken");
  }
  return Number(value);
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) {
    throw new ZipDamage("it is cut off");
  }
  return buffer;
}
