const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const short = /^(?:\d+(?:ms|[smhd]))+$/;
const iso = /^P(?=[\dT])(?:\d+W)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d{1,3})?S)?)?$/;
const shortParts = /(\d+)(ms|[smhd])/g;
const isoUnits: Readonly<Record<string, number>> = {
  W: 604_800_000,
  D: 86_400_000,
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
};
const isoParts = /([\d.]+)([WDHMS])/g;

/**
 * Parses a duration in ISO 8601 (`PT15M`, `P2D`; no months or years, which have no fixed length) or in short form
 * (`15m`, `1h30m`, `90s`).
 *
 * @returns milliseconds, or null if the text is neither
 */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim();
  if (short.test(trimmed)) {
    return sum(trimmed, shortParts, units);
  }
  return iso.test(trimmed) ? sum(trimmed, isoParts, isoUnits) : null;
}

function sum(text: string, parts: RegExp, lengths: Readonly<Record<string, number>>): number {
  let total = 0;
  for (const [, count, unit = ""] of text.matchAll(parts)) {
    total += Number(count) * Number(lengths[unit]);
  }
  return Math.round(total);
}
