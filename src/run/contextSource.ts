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

/** What the logs are asked about some accounts and the origins of their denials. */
export interface AccountsQuery {
  /** Half-open range of event times. */
  readonly range: Range;
  readonly names: Names;
  readonly addresses: readonly string[];
}

/** Rows, and the tables that could not be asked for them. */
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
 * The tables that tell what was before, around and after the denials of some accounts. One query each. They fail
 * with a `LookUpError`, and give more rows than asked for rather than fewer.
 */
export interface ContextSource {
  /** Sign-ins of the accounts; requests with a refused prompt from `burstFrom` on. */
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
  /** What the audit logs say of the accounts; `ingestedFrom`: only what was stored since. */
  events(
    query: Omit<AccountsQuery, "addresses"> & { readonly ingestedFrom: number },
    signal: AbortSignal,
  ): Promise<Looked<readonly EventRow[]>>;
}

/** A lookup that gave nothing. */
export class LookUpError extends Error {
  override readonly name = "LookUpError";
  readonly problem: Gap["problem"];

  constructor(problem: Gap["problem"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
  }
}
