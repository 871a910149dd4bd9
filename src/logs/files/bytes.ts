/** The bytes that give JSON its structure. */
export const quoteByte = 0x22;
export const backslash = 0x5c;
export const comma = 0x2c;
export const colon = 0x3a;
export const openObject = 0x7b;
export const closeObject = 0x7d;
export const openArray = 0x5b;
export const closeArray = 0x5d;
export const newlineByte = 0x0a;

export function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === newlineByte || byte === 0x0d || byte === 0x09;
}

/** A part of a file on disk. */
export interface ByteRange {
  readonly from: number;
  readonly bytes: number;
}
