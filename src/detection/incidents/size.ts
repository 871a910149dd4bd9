/** Returns the length of a text in bytes of UTF-8, the unit of the limits of alerts. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = Number(char.codePointAt(0));
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
  }
  return bytes;
}

/** Returns the beginning of a text, in at most `most` bytes, never ending within a character. */
export function cutToBytes(text: string, most: number): string {
  let bytes = 0;
  let end = 0;
  for (const char of text) {
    bytes += byteLength(char);
    if (bytes > most) {
      return text.slice(0, end);
    }
    end += char.length;
  }
  return text;
}

/** Returns the size of lines in bytes, including line breaks. */
export function sizeOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + byteLength(line) + 1, 0);
}
