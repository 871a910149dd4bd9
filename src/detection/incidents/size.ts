/** Length of a text in bytes of UTF-8, in which the limits of alerts are. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = Number(char.codePointAt(0));
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
  }
  return bytes;
}

/** The beginning of a text, in at most so many bytes; never half a character. */
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

/** Bytes of lines, each with its line break. */
export function sizeOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + byteLength(line) + 1, 0);
}
