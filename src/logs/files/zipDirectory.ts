import { isUtf8 } from "node:buffer";
import type { FileHandle } from "node:fs/promises";

/** A file within a zip file, as the directory at its end tells. */
export interface ZipEntry {
  /** Path with slashes, as written; it is shown, never opened. */
  readonly name: string;
  readonly method: number;
  readonly encrypted: boolean;
  /** Checksum and length of the contents. */
  readonly crc: number;
  readonly bytes: number;
  readonly compressedBytes: number;
  /** Where the entry's own header begins, which stands before its data. */
  readonly offset: number;
}

/** The directory cannot be made sense of. */
export class ZipDamage extends Error {
  override readonly name = "ZipDamage";
}

/** Enough of a file to know it for a zip file. */
export const ZIP_MARK_BYTES = 4;

/** An entry comes first, or, in an empty one, the end of the directory. */
export function isZip(head: Buffer): boolean {
  return head.length >= ZIP_MARK_BYTES && [ENTRY_MARK, END_MARK].includes(head.readUInt32LE(0));
}

export const ENTRY_MARK = 0x04034b50;
export const ENTRY_BYTES = 30;

const LISTING_MARK = 0x02014b50;
const LISTING_BYTES = 46;
const END_MARK = 0x06054b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
const LOCATOR_MARK = 0x07064b50;
const LOCATOR_BYTES = 20;
const LARGE_END_MARK = 0x06064b50;
const LARGE_END_BYTES = 56;

/** Half a million entries; more is no log. */
const MAX_DIRECTORY_BYTES = 64 * 1024 * 1024;

/** In place of numbers that need 64 bits, which are elsewhere then. */
const ELSEWHERE = 0xffffffff;
const LARGE_FIELD = 0x0001;

/**
 * Lists what is in a zip file of a given size.
 *
 * @throws ZipDamage where it is cut off, broken, or made to seem larger than it is
 */
export async function readZipDirectory(
  file: FileHandle,
  size: number,
): Promise<readonly ZipEntry[]> {
  const { offset, bytes } = await findDirectory(file, size);
  if (bytes > MAX_DIRECTORY_BYTES) throw new ZipDamage("its directory is larger than 64 MB");
  const directory = await readAt(file, offset, bytes);
  const entries: ZipEntry[] = [];
  for (let at = 0; at < directory.length;) {
    const listing = directory.subarray(at);
    if (listing.length < LISTING_BYTES || listing.readUInt32LE(0) !== LISTING_MARK)
      throw new ZipDamage("its directory is broken");
    const [name, extra, comment] = [28, 30, 32].map((field) => listing.readUInt16LE(field));
    at += LISTING_BYTES + (name ?? 0) + (extra ?? 0) + (comment ?? 0);
    if (at > directory.length) throw new ZipDamage("its directory is broken");
    entries.push(readListing(listing, name ?? 0, extra ?? 0));
  }
  // A bomb lets many entries share the same data.
  const compressed = entries.reduce((sum, entry) => sum + entry.compressedBytes, 0);
  if (compressed > size) throw new ZipDamage("its entries are larger than the file");
  return entries;
}

async function findDirectory(file: FileHandle, size: number) {
  const tail = Math.min(size, END_BYTES + MAX_COMMENT_BYTES + LOCATOR_BYTES);
  const bytes = await readAt(file, size - tail, tail);
  for (let at = bytes.length - END_BYTES; at >= 0; at--) {
    if (bytes.readUInt32LE(at) !== END_MARK) continue;
    // What looks like the mark may be part of the comment.
    if (at + END_BYTES + bytes.readUInt16LE(at + 20) !== bytes.length) continue;
    const locator = at - LOCATOR_BYTES;
    if (locator >= 0 && bytes.readUInt32LE(locator) === LOCATOR_MARK) {
      const large = await readAt(file, readLarge(bytes, locator + 8), LARGE_END_BYTES);
      if (large.readUInt32LE(0) !== LARGE_END_MARK) throw new ZipDamage("its directory is broken");
      return { bytes: readLarge(large, 40), offset: readLarge(large, 48) };
    }
    return { bytes: bytes.readUInt32LE(at + 12), offset: bytes.readUInt32LE(at + 16) };
  }
  throw new ZipDamage("it is cut off, so that its directory is missing");
}

function readListing(listing: Buffer, nameBytes: number, extraBytes: number): ZipEntry {
  const name = listing.subarray(LISTING_BYTES, LISTING_BYTES + nameBytes);
  const extra = listing.subarray(LISTING_BYTES + nameBytes, LISTING_BYTES + nameBytes + extraBytes);
  const large = largeNumbers(extra);
  const number = (at: number): number => {
    const value = listing.readUInt32LE(at);
    return value === ELSEWHERE ? large.next() : value;
  };
  // The order in which they stand among the large numbers.
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

/** The numbers of an entry that need 64 bits, one after the other. */
function largeNumbers(extra: Buffer) {
  let at = 0;
  while (at + 4 <= extra.length && extra.readUInt16LE(at) !== LARGE_FIELD)
    at += 4 + extra.readUInt16LE(at + 2);
  at += 4;
  return {
    next(): number {
      at += 8;
      if (at > extra.length) throw new ZipDamage("its directory is broken");
      return readLarge(extra, at - 8);
    },
  };
}

function readLarge(bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64LE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new ZipDamage("its directory is broken");
  return Number(value);
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new ZipDamage("it is cut off");
  return buffer;
}
