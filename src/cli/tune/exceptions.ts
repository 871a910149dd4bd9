import type { IncidentLabel } from "../../run/incidentLabels.ts";
import { formatTime } from "../../detection/signin/time.ts";

/** Closed as no attack as often as this, a user is worth an exception. */
const fewestClosed = 3;

/** How long an exception holds, from the last incident on. */
const holdsMs = 90 * 86_400_000;

/** A user to leave out for a while. */
interface Exception {
  readonly user: string;
  readonly until: string;
  /** Incidents of the user that were closed as no attack. */
  readonly closed: number;
}

/** Proposes users whose incidents were closed as no attack again and again, and never as one. */
export function proposeExceptions(labels: readonly IncidentLabel[]): readonly Exception[] {
  const attacked = new Set(labels.filter(({ isAttack }) => isAttack).flatMap(({ names }) => names));
  const closed = new Map<string, IncidentLabel[]>();
  for (const label of labels) {
    const [user] = label.names;
    if (user !== undefined && !label.names.some((name) => attacked.has(name))) {
      const own = closed.get(user) ?? [];
      own.push(label);
      closed.set(user, own);
    }
  }
  return [...closed]
    .filter(([, own]) => own.length >= fewestClosed)
    .map(([user, own]) => ({
      user,
      until: formatTime(own.reduce((last, { to }) => Math.max(last, to), 0) + holdsMs).slice(0, 10),
      closed: own.length,
    }))
    .toSorted((a, b) => b.closed - a.closed || (a.user < b.user ? -1 : 1));
}
