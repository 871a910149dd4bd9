import { networkOf } from "./network.ts";
import { TimeIndex } from "./rowIndex.ts";
import { spanOf, type Habit, type SeenSignIns } from "./rows.ts";

const day = 86_400_000;

/** How much of an account's history is examined, in milliseconds. */
export const historyMs = 30 * day;

/** With less history than this, there is no verdict. */
const leastHistoryMs = 7 * day;

/** An origin is known if it was first used this long before the first denial, and on this many days. */
const leastAgeMs = 3 * day;
const leastDays = 2;

/** Sign-ins this soon after a denial (ms) may be the attacker's own success, so they do not make an origin known. */
const distrustMs = day;

/** What an account's own past says about an origin. */
export interface History {
  /** Whole days of history, at most 30; 0 if it was not looked up. */
  readonly days: number;
  /** Whether there is enough history to call an origin new. */
  readonly isEnough: boolean;
  readonly withAddress: (address: string) => Use;
  readonly withDevice: (device: string) => Use;
  /** Whether any row of the account meets a condition; null if unknown. */
  readonly hasSeen: (isSo: (row: SeenSignIns) => boolean) => boolean | null;
  readonly hasHabit: (isSo: (habit: Habit) => boolean) => boolean | null;
}

interface Use {
  /** Days on which the account signed in with it and satisfied MFA. */
  readonly days: number;
  /** Null if unknown. */
  readonly known: boolean | null;
}

/** What was looked up about one account. */
interface OwnRows {
  readonly isLookedUp: boolean;
  readonly seen: readonly SeenSignIns[];
  readonly habits: readonly Habit[];
}

/** The same, indexed: an account can have as many findings as rows. */
export interface Past {
  readonly isLookedUp: boolean;
  readonly seen: TimeIndex<SeenSignIns>;
  /** Sign-ins that can make an origin known. */
  readonly trusted: TimeIndex<SeenSignIns>;
  readonly habits: readonly Habit[];
}

export function pastOf({ isLookedUp, seen, habits }: OwnRows): Past {
  const refusals = new TimeIndex(
    seen.filter(({ kind }) => kind === "refused"),
    (refusal) => [refusal.firstAt, refusal.lastAt + distrustMs],
  );
  const trusted = seen.filter(
    (row) =>
      row.kind === "satisfied" && refusals.find(row.firstAt, row.lastAt, () => true) === undefined,
  );
  return {
    isLookedUp,
    seen: new TimeIndex(seen, spanOf),
    trusted: new TimeIndex(trusted, spanOf),
    habits,
  };
}

/** Returns the history of an account up to its first denial. */
export function historyOf(
  { isLookedUp, seen, trusted: allTrusted, habits }: Past,
  firstDenialAt: number,
): History {
  const from = firstDenialAt - historyMs;
  const isPast = ({ firstAt, lastAt }: SeenSignIns) => firstAt >= from && lastAt < firstDenialAt;
  const usual = habits.filter(({ firstAt }) => firstAt < firstDenialAt);
  const oldest = [seen.find(from, firstDenialAt, isPast), ...usual].reduce(
    (least, row) => (row === undefined ? least : Math.min(least, Math.max(from, row.firstAt))),
    firstDenialAt,
  );
  const isEnough = isLookedUp && oldest <= firstDenialAt - leastHistoryMs;
  const trusted = allTrusted.within(from, firstDenialAt).filter(isPast);
  const useOf = (rows: readonly SeenSignIns[]): Use => {
    const days = new Set(rows.map(({ firstAt }) => Math.floor(firstAt / day))).size;
    const isOld = rows.some(({ firstAt }) => firstAt <= firstDenialAt - leastAgeMs);
    return { days, known: isEnough ? days >= leastDays && isOld : null };
  };
  return {
    days: isLookedUp ? Math.floor((firstDenialAt - oldest) / day) : 0,
    isEnough,
    withAddress(address) {
      const network = networkOf(address);
      return useOf(
        trusted.filter((row) => row.address !== null && networkOf(row.address) === network),
      );
    },
    withDevice: (device) => useOf(trusted.filter((row) => row.device === device)),
    hasSeen: (isSo) => (isEnough ? trusted.some(isSo) : null),
    hasHabit: (isSo) => (isEnough ? usual.some(isSo) : null),
  };
}
