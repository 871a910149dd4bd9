import type { Range } from "../../../run/ports.ts";
import { kinds } from "./words.ts";

/** The numbers that `kernel.wat` writes of a line: its offset, two names, its address, and what else is known. */
export const noteNumbers = 4;

/** What a note says besides the kinds of the words in the line. */
export const noteBits = {
  ...kinds,
  anyName: 8,
  /** The address may be any, or any of version 6 if it is `version6`. */
  anyAddress: 16,
  anyTime: 32,
} as const;

/**
 * The ends of the keys whose values are noted, case-sensitive: `UserPrincipalName` and `UserId`, the address of a
 * sign-in and its time, in every dialect's spelling. Other keys may end so, too. The kernel notices them by letters
 * from `noticedAt` on, and reads the value from the quote at `valueAt` on.
 */
export const noteKeys = [
  { text: "serPrincipalName", noticedAt: 0, valueAt: 16 },
  { text: "serId", noticedAt: 0, valueAt: 5 },
  { text: 'Address"', noticedAt: 3, valueAt: 7 },
  { text: "reatedDateTime", noticedAt: 0, valueAt: 14 },
] as const;

/** Stands for the address of a line in which that is any of version 6. */
export const version6 = 6;

/** The part of `nameHash` that a note has of a name. */
export function notedName(hash: number): number {
  return hash >>> 16;
}

const minuteMs = 60_000;

/** Returns the minute of a note (epoch ms), or null if it is unknown or its day does not exist. */
export function minuteIn(bits: number): Range | null {
  if ((bits & noteBits.anyTime) !== 0) {
    return null;
  }
  const minute = bits >>> 6;
  const hours = Math.floor(minute / 60);
  const days = Math.floor(hours / 24);
  const months = Math.floor((days - 1) / 31);
  const day = days - months * 31;
  // The first month is 1.
  const from = Date.UTC(2000, months - 1, day, hours % 24, minute % 60);
  return new Date(from).getUTCDate() === day ? { from, to: from + minuteMs } : null;
}
