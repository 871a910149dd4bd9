import type { Rule } from "../detection/rules/rule.ts";
import { formatTime } from "../detection/signin/time.ts";
import type { TunedCell, TuneReport } from "./tuneRecords.ts";

/** @param attackLabels null without labels */
export function toCurrent(current: TuneReport["current"], attackLabels: number | null) {
  const { findings, users, perWeek, worstWeek } = current;
  return {
    findings,
    users,
    perWeek: rounded(perWeek),
    worstWeek,
    ...(attackLabels === null ? {} : scored(current, attackLabels)),
  };
}

/** Returns the share of attacks among labelled findings, and the share of labelled attacks that are found. */
function scored(
  found: Pick<TunedCell, "attacks" | "benign" | "attacksFound">,
  attackLabels: number,
): { readonly precision: number | null; readonly recall: number | null } {
  return {
    precision: share(found.attacks, found.attacks + found.benign),
    recall: share(found.attacksFound, attackLabels),
  };
}

/** @param attackLabels null without labels */
export function toTunedSetting(cell: TunedCell, attackLabels: number | null) {
  const { kind, windowMs, threshold, findings, perWeek, triggerMs } = cell;
  return {
    kind,
    window: windowText(windowMs),
    threshold,
    findings,
    perWeek: rounded(perWeek),
    worstWeek: cell.worstWeek,
    users: cell.users,
    approved: cell.approved,
    reported: cell.reported,
    takenOver: cell.takenOver,
    harmful: cell.harmful,
    harmfulShare: share(cell.harmful, findings),
    usualOrigin: cell.usualOrigin,
    usualOriginShare: share(cell.usualOrigin, findings),
    secondsToTrigger: triggerMs === null ? null : rounded(triggerMs / 1000),
    ...(attackLabels === null ? {} : scored(cell, attackLabels)),
  };
}

/** Formats a duration as --window takes it: 5m, 4h. */
export function windowText(windowMs: number): string {
  const minutes = windowMs / 60_000;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}

/** @returns null if the total is 0 */
function share(part: number, whole: number): number | null {
  return whole === 0 ? null : rounded(part / whole);
}

/** Rounds to three digits. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** What every setting would have found in a workspace's history. Contains counts but no names. */
export type TunedHistory = ReturnType<typeof toTunedHistory>;

/** @param report without context, so figures that need one are left out */
export function toTunedHistory({ id }: Rule, { denials, users, span, current, cells }: TuneReport) {
  return {
    rule: id,
    denials,
    users,
    span: span === null ? null : { from: formatTime(span.from), to: formatTime(span.to) },
    current: toCurrent(current, null),
    cells: cells.map((cell) => {
      const {
        takenOver: _takenOver,
        usualOrigin: _usualOrigin,
        usualOriginShare: _usualOriginShare,
        ...counted
      } = toTunedSetting(cell, null);
      return counted;
    }),
  };
}
