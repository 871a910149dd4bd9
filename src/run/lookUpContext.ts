import type { Gap } from "../detection/context/context.ts";
import { followedMs } from "../detection/context/followed.ts";
import { historyMs } from "../detection/context/history.ts";
import { distinct } from "../detection/context/origins.ts";
import type { Answer, ContextRows, Names } from "../detection/context/rows.ts";
import { LookUpError, type ContextSource, type HistoryRows, type Looked } from "./contextSource.ts";
import type { Log } from "./ports.ts";

const hour = 3_600_000;
const day = 24 * hour;

/**
 * The longest time a run waits for the context of all its findings, in milliseconds. Whatever has not arrived by
 * then is a gap.
 */
const longestLookUp = 30_000;

/** Addresses of audit events that the history is asked for. */
const mostEventAddresses = 200;

/** A burst whose context is wanted. */
export interface ContextWish {
  /** The account's object id and principal name, as far as known, in lower case. */
  readonly names: Names;
  readonly firstDenialAt: number;
  readonly lastDenialAt: number;
  /** Addresses of the denials and the approvals. */
  readonly addresses: readonly string[];
}

export interface LookUp {
  readonly source: ContextSource;
  readonly log: Log;
  readonly longestMs?: number;
}

/** Everything the logs say. Findings come from the state. */
export type LookedUp = Omit<ContextRows, "findings">;

/**
 * Looks up the context of all findings of a run, in at most four queries. It never fails and always ends in time.
 * Anything missing becomes a gap, so that no incident waits for it.
 *
 * @param wishes at least one
 */
export async function lookUpContext(
  lookUp: LookUp,
  wishes: readonly ContextWish[],
  signal: AbortSignal,
): Promise<LookedUp> {
  const limit = new AbortController();
  const end = () => limit.abort();
  const { longestMs = longestLookUp } = lookUp;
  const timer = setTimeout(end, longestMs);
  signal.addEventListener("abort", end);
  if (signal.aborted) {
    end();
  }
  try {
    // Later lookups must get their time even if the audit logs do not answer.
    const early = AbortSignal.any([limit.signal, AbortSignal.timeout(longestMs / 2)]);
    return await lookUpAll(lookUp, wishes, limit.signal, early);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }
}

async function lookUpAll(
  { source, log }: LookUp,
  wishes: readonly ContextWish[],
  limit: AbortSignal,
  early: AbortSignal,
): Promise<LookedUp> {
  const look = async <T>(
    tables: readonly string[],
    ask: () => Promise<Looked<T>>,
    until = limit,
  ): Promise<Looked<T> | Failed> => {
    try {
      return await within(ask, until);
    } catch (error) {
      const problem = error instanceof LookUpError ? error.problem : "failed";
      // The cause is the service's answer, without content of the log.
      log.warn("context not looked up", { tables, problem, cause: causeOf(error) });
      return { problem, gaps: tables.map((table) => ({ table, problem })) };
    }
  };
  const first = Math.min(...wishes.map(({ firstDenialAt }) => firstDenialAt));
  const lastFirst = Math.max(...wishes.map(({ firstDenialAt }) => firstDenialAt));
  const last = Math.max(...wishes.map(({ lastDenialAt }) => lastDenialAt));
  const names = distinct(wishes.flatMap((wish) => wish.names));
  const addresses = distinct(wishes.flatMap((wish) => wish.addresses));
  const events = await look(
    auditTables,
    () =>
      source.events(
        { range: { from: first - hour, to: lastFirst + followedMs }, ingestedFrom: 0, names },
        early,
      ),
    early,
  );
  // Whether an event is a sign of a takeover depends on whether the account is known at its address, too.
  const eventAddresses = ("rows" in events ? events.rows : []).map(({ address }) => address);
  const history = await look(["SigninLogs"], () =>
    source.history(
      {
        range: { from: first - historyMs, to: last + hour },
        burstFrom: first - hour,
        names,
        addresses: distinct([
          ...addresses,
          ...distinct(eventAddresses).slice(0, mostEventAddresses),
        ]),
      },
      limit,
    ),
  );
  // Only the history has the networks, browsers and sessions of the denials.
  const { refused } = "rows" in history ? history.rows : nothing;
  const [failures, successes] = await Promise.all([
    look(["SigninLogs"], () =>
      source.failures(
        {
          range: { from: first - day, to: last + day },
          names,
          addresses,
          asNumbers: distinct(refused.map(({ asNumber }) => asNumber)),
          userAgents: distinct(refused.map(({ userAgent }) => userAgent)),
        },
        limit,
      ),
    ),
    look(signInTables, () =>
      source.successes(
        {
          range: { from: first, to: lastFirst + day },
          names,
          addresses,
          sessions: distinct(refused.map(({ session }) => session)),
        },
        limit,
      ),
    ),
  ]);
  const part = <K extends keyof HistoryRows>(name: K): Answer<HistoryRows[K][number]> =>
    "rows" in history ? { rows: history.rows[name] } : history;
  return {
    seen: part("seen"),
    habits: part("habits"),
    refused: part("refused"),
    failed: failures,
    passed: successes,
    events,
    gaps: gapsOf([history, events, failures, successes]),
  };
}

const auditTables = ["AuditLogs", "OfficeActivity", "CloudAppEvents", "AADUserRiskEvents"];
const signInTables = ["SigninLogs", "AADNonInteractiveUserSignInLogs"];
const nothing: Pick<HistoryRows, "refused"> = { refused: [] };

interface Failed {
  readonly problem: Gap["problem"];
  readonly gaps: readonly Gap[];
}

/** Returns each gap once per table. */
function gapsOf(parts: readonly { readonly gaps: readonly Gap[] }[]): readonly Gap[] {
  const gaps = new Map(
    parts.flatMap((part) => part.gaps.map((gap) => [`${gap.table} ${gap.problem}`, gap] as const)),
  );
  return [...gaps.keys()].toSorted().flatMap((name) => gaps.get(name) ?? []);
}

/** Rejects when the time is up, even if the query continues. It may be waiting for its turn. */
async function within<T>(ask: () => Promise<T>, limit: AbortSignal): Promise<T> {
  const tooLate = new LookUpError("failed", "no answer in time");
  if (limit.aborted) {
    throw tooLate;
  }
  let end = () => {};
  const over = new Promise<never>((_, reject) => {
    end = () => reject(tooLate);
    limit.addEventListener("abort", end);
  });
  try {
    return await Promise.race([ask(), over]);
  } finally {
    limit.removeEventListener("abort", end);
  }
}

function causeOf(error: unknown): string {
  const { cause = error } = error instanceof Error ? error : { cause: error };
  return cause instanceof Error ? cause.message : String(cause);
}
