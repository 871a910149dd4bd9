import type { Gap } from "./context.ts";

/** The result of one lookup, or why it gave none. */
export type Answer<T> = { readonly rows: readonly T[] } | { readonly problem: Gap["problem"] };

/** The names of an account in rows: object id and principal name in lower case. Either may be missing. */
export type Names = readonly string[];

/** Sign-ins of one account from one origin within an hour. Either MFA was satisfied, or a prompt was refused. */
export interface SeenSignIns {
  readonly names: Names;
  readonly kind: "satisfied" | "refused";
  readonly address: string | null;
  /** Id of a joined or compliant device. */
  readonly device: string | null;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** What an account usually signs in with, from any address. */
export interface Habit {
  readonly names: Names;
  readonly country: string | null;
  readonly asNumber: string | null;
  readonly browser: string | null;
  readonly application: string | null;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** A request of the account in which a prompt was refused, with details that only its row has. */
export interface RefusedRequest {
  readonly names: Names;
  readonly request: string;
  readonly address: string | null;
  readonly asNumber: string | null;
  readonly userAgent: string | null;
  readonly session: string | null;
  readonly device: string | null;
  readonly deviceName: string | null;
  readonly country: string | null;
  readonly browser: string | null;
  readonly application: string | null;
  /** Whether the row shows that a password was right; null if it shows no password. */
  readonly rightPassword: boolean | null;
}

/** Failed sign-ins of one account from one origin within an hour. */
export interface FailedSignIns {
  readonly names: Names;
  /** `unexplained`: failed in MFA without a reason. */
  readonly kind: "wrongPassword" | "refused" | "unexplained";
  readonly address: string | null;
  readonly asNumber: string | null;
  readonly userAgent: string | null;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly signIns: number;
}

/** The first successful sign-in of an account from an address, in a session, to an application. */
export interface PassedSignIn {
  readonly names: Names;
  readonly at: number;
  readonly address: string | null;
  readonly session: string | null;
  readonly application: string | null;
  readonly location: string | null;
  readonly method: string | null;
  readonly interactive: boolean;
}

/** One row of an audit log. */
export interface EventRow {
  readonly table: string;
  readonly at: number;
  /** The operation's own name. */
  readonly operation: string;
  readonly failed: boolean;
  /** Who did it, as displayed. */
  readonly by: string | null;
  readonly byNames: Names;
  /** The names of those it was done to. */
  readonly onNames: Names;
  readonly address: string | null;
  readonly detail: string | null;
}

/** A finding of this run or an earlier one: its account, its incident and the times of its denials. */
export interface KnownFinding {
  readonly names: Names;
  readonly id: string;
  readonly firstDenialAt: number;
  readonly lastDenialAt: number;
  /** The campaign that the incident already names; null if none. */
  readonly campaign: string | null;
}

/** Everything that was looked up for the findings of a run. Rows of several accounts, in any order. */
export interface ContextRows {
  readonly seen: Answer<SeenSignIns>;
  readonly habits: Answer<Habit>;
  readonly refused: Answer<RefusedRequest>;
  readonly failed: Answer<FailedSignIns>;
  readonly passed: Answer<PassedSignIn>;
  readonly events: Answer<EventRow>;
  readonly findings: readonly KnownFinding[];
  readonly gaps: readonly Gap[];
}

export function rowsOf<T>(answer: Answer<T>): readonly T[] {
  return "rows" in answer ? answer.rows : [];
}

/** Reports whether two lists name the same account. */
export function isSame(a: Names, b: Names): boolean {
  return a.some((name) => b.includes(name));
}

/** Returns the principal name if there is one, because it comes last. */
export function shownName(names: Names): string {
  return names.slice(-1).join("");
}

/** Reports whether the time from `firstAt` to `lastAt` overlaps a span. All ends are inclusive. */
export function overlaps(
  { firstAt, lastAt }: { readonly firstAt: number; readonly lastAt: number },
  from: number,
  to: number,
): boolean {
  return lastAt >= from && firstAt <= to;
}

/** Returns the first and the last time of a row. */
export function spanOf({
  firstAt,
  lastAt,
}: {
  readonly firstAt: number;
  readonly lastAt: number;
}): readonly [from: number, to: number] {
  return [firstAt, lastAt];
}
