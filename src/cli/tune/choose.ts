import type { TunedCell } from "../../run/tuneRecords.ts";

/** The setting to use under a limit, and what the next more sensitive ones would add. */
export interface Choice {
  readonly cell: TunedCell;
  readonly givesUp: readonly GivenUp[];
}

interface GivenUp {
  readonly cell: TunedCell;
  readonly findings: number;
  readonly users: number;
  readonly harmful: number;
  readonly attacksFound: number;
}

/**
 * Chooses the most sensitive setting with which no week exceeds the limit.
 *
 * @returns null if every setting exceeds it
 */
export function choose(cells: readonly TunedCell[], maxPerWeek: number): Choice | null {
  const [cell] = cells.filter(({ worstWeek }) => worstWeek <= maxPerWeek).toSorted(bySensitivity);
  return cell === undefined ? null : { cell, givesUp: givenUp(cells, cell) };
}

/**
 * Sorts the most sensitive cell first: more labelled attacks, more harm, more users, a lower threshold, a longer window,
 * and sliding before fixed.
 */
function bySensitivity(a: TunedCell, b: TunedCell): number {
  return (
    b.attacksFound - a.attacksFound ||
    b.harmful - a.harmful ||
    b.users - a.users ||
    a.threshold - b.threshold ||
    b.windowMs - a.windowMs ||
    (a.kind < b.kind ? -1 : 1)
  );
}

/** Returns the settings with one denial fewer, and with the next longer window. */
function givenUp(cells: readonly TunedCell[], chosen: TunedCell): readonly GivenUp[] {
  const sameKind = cells.filter(({ kind }) => kind === chosen.kind);
  const lower = sameKind.filter(
    ({ windowMs, threshold }) => windowMs === chosen.windowMs && threshold === chosen.threshold - 1,
  );
  const [longer] = sameKind
    .filter(
      ({ windowMs, threshold }) => windowMs > chosen.windowMs && threshold === chosen.threshold,
    )
    .toSorted((a, b) => a.windowMs - b.windowMs);
  return [...lower, ...(longer === undefined ? [] : [longer])].map((cell) => ({
    cell,
    findings: cell.findings - chosen.findings,
    users: cell.users - chosen.users,
    harmful: cell.harmful - chosen.harmful,
    attacksFound: cell.attacksFound - chosen.attacksFound,
  }));
}
