import { isBlank, newlineByte } from "../bytes.ts";

/** Returns the number of line ends before anything else. */
export function blankLines(bytes: Buffer): number {
  let count = 0;
  for (const byte of bytes) {
    if (byte === newlineByte) {
      count++;
    } else if (!isBlank(byte)) {
      break;
    }
  }
  return count;
}

/** Returns the number of lines that the bytes fill or begin. */
export function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(newlineByte); at !== -1; at = bytes.indexOf(newlineByte, at + 1)) {
    count++;
  }
  return bytes.at(-1) === newlineByte ? count : count + 1;
}
