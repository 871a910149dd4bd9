import type { Gap } from "../detection/context/context.ts";
import type {
  EventRow,
  FailedSignIns,
  Habit,
  Names,
  PassedSignIn,
  RefusedRequest,
  SeenSignIns,
} from "../detection/context/rows.ts";
import type { Range } from "./ports.ts";

/** A question to the logs about some accounts and the origins of their denials. */
export interface AccountsQuery {
  /** Half-open range of event times. */
  readonly range: Range;
  readonly names: Names;
  readonly addresses: readonly string[];
}

/** Rows, and the tables that could not be queried for them. */
export interface Looked<T> {
  readonly rows: T;
  readonly gaps: readonly Gap[];
}

export interface HistoryRows {
  readonly seen: readonly SeenSignIns[];
  readonly habits: readonly Habit[];
  readonly refused: readonly RefusedRequest[];
}

/**
 * The tables that show what happened before, around and after the denials of some accounts. Each method is one
 * query. It fails with a `LookUpError`, and may return more rows than asked for, never fewer.
 */
export interface ContextSource {
  /** Sign-ins of the accounts, and requests with a refused prompt from `burstFrom` on. */
  history(
    query: AccountsQuery & { readonly burstFrom: number },
    signal: AbortSignal,
  ): Promise<Looked<HistoryRows>>;
  /** Failed sign-ins of anybody from the same origins, and wrong passwords of the accounts. */
  failures(
    query: AccountsQuery & {
      readonly asNumbers: readonly string[];
      readonly userAgents: readonly string[];
    },
    signal: AbortSignal,
  ): Promise<Looked<readonly FailedSignIns[]>>;
  /** Successful sign-ins of anybody from the same addresses or in the same sessions. */
  successes(
    query: AccountsQuery & { readonly sessions: readonly string[] },
    signal: AbortSignal,
  ): Promise<Looked<readonly PassedSignIn[]>>;
  /** Entries of the audit logs about the accounts. With `ingestedFrom`, only those ingested since. */
  events(
    query: Omit<AccountsQuery, "addresses"> & { readonly ingestedFrom: number },
    signal: AbortSignal,
  ): Promise<Looked<readonly EventRow[]>>;
}

/** A lookup that returned nothing. */
export class LookUpError extends Error {
  override readonly name = "LookUpError";
  readonly problem: Gap["problem"];

  constructor(problem: Gap["problem"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
  }
}
