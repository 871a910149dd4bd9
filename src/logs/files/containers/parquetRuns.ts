/** A part of a page. */
export interface Span {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
}

/** A group of packed values is filled up to eight, and some writers fill up several. */
const mostSurplus = 504;

/**
 * Checks that a page has as many levels, which are written in runs, as values.
 *
 * @returns the offset of their end
 * @throws RangeError
 */
export function checkLevels(span: Span, highest: number, count: number): number {
  if (checkRuns(span, 32 - Math.clz32(highest), count) < count) {
    throw new RangeError("a page claims more values than it has levels");
  }
  return span.to;
}

/**
 * Reads the runs, repeated or packed, in which values of the given number of bits are written, as far as needed.
 *
 * @returns the number of values
 * @throws RangeError if a run claims more values than the page has
 */
export function checkRuns({ bytes, from, to }: Span, width: number, count: number): number {
  let seen = 0;
  for (let at = from; at < to && seen < count;) {
    let head = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[at++] ?? 0;
      head += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) {
        break;
      }
    }
    const isPacked = head % 2 === 1;
    const run = Math.floor(head / 2) * (isPacked ? 8 : 1);
    if (run > count - seen + (isPacked ? mostSurplus : 0)) {
      throw new RangeError(`a page claims a run of ${run} values, of ${count} at most`);
    }
    seen += run;
    at += isPacked ? (run / 8) * width : Math.ceil(width / 8);
  }
  return seen;
}
