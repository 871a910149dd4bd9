import {
  accountKey,
  allNames,
  shownName,
  type Account,
  type KnownName,
  type RowAccount,
} from "../detection/signin/account.ts";
import { countDenials } from "../detection/bursts/countDenials.ts";
import { densestWindow } from "../detection/bursts/streak.ts";
import { explainRow } from "../detection/signin/explainRow.ts";
import {
  explainRules,
  indexPrompts,
  type PromptIndex,
  type RuleExplanation,
} from "../detection/decisions/explainUser.ts";
import type { Rule } from "../detection/rules/rule.ts";
import type { Approval, Sighting } from "../detection/signin/sighting.ts";
import type { SignIn } from "../detection/signin/signIn.ts";
import { countRow, countUnreadable, noCounts, type Counts } from "./counts.ts";
import { judgeCoverage, type Coverage, type CoverageLimits } from "./coverage.ts";
import { emptyTally, tallyRow } from "./coverageTally.ts";
import { mayBeOf } from "../detection/prompts/approvals.ts";
import { SightingTable } from "../detection/prompts/sightingTable.ts";
import { incidentId } from "../detection/incidents/identity.ts";
import { nothingSeen, type InputSeen } from "./inputSeen.ts";
import { KeptRows, type ExplainedRow } from "./keptRows.ts";
import type { Ledger } from "./ports.ts";
import { readApprovals } from "./readApprovals.ts";
import type { LogEntry, Place } from "./signInFiles.ts";

export interface ExplainRun extends Omit<CoverageLimits, "rules"> {
  readonly rules: readonly Rule[];
  /** Ignores everything published after this time (epoch ms); null: nothing is ignored. */
  readonly asOf: number | null;
  /** Principal names or object ids in lower case. Null: everybody, but only their candidate rows. */
  readonly users: readonly string[] | null;
  /** Maximum number of rows and of accounts kept. It bounds the output and the memory. */
  readonly limit: number;
  readonly onBad: (reason: string, place: Place) => void;
  /** Called with the names in every row, in lower case, if users are asked for. */
  readonly onName?: (name: string) => void;
  /** Returns what kinds of files were read, once all entries are read. Absent if unknown. */
  readonly seen?: () => InputSeen;
}

/** Maximum number of other rows kept until it is known whose they are. Candidates are rare. */
const mostHeld = 10_000;

export interface ExplainedAccount {
  readonly account: Account;
  readonly prompts: PromptIndex;
  /** Oldest first. A row that repeats an approval adds none. */
  readonly approvals: readonly Approval[];
  readonly rules: readonly RuleExplanation[];
}

export interface Explained {
  readonly counts: Counts;
  readonly coverage: Coverage;
  /** In the order in which they were read. */
  readonly rows: readonly ExplainedRow[];
  readonly rowsLeftOut: number;
  /** Nearest to firing first. */
  readonly accounts: readonly ExplainedAccount[];
  readonly accountsLeftOut: number;
  /** The members of `users` without a row. */
  readonly unseen: readonly string[];
  /** Returns the account of a row in `rows`. */
  readonly accountOf: (row: RowAccount) => ExplainedAccount | null;
}

/** Reads everything as a detection does, and also keeps what was asked for. */
export async function explainRecords(
  entries: AsyncIterable<readonly LogEntry[]>,
  ledger: Pick<Ledger, "addApproval" | "approvals">,
  run: ExplainRun,
): Promise<Explained> {
  const read = await readEntries(entries, ledger, run);
  const { counts, tally, table, kept, asked, unseen } = read;
  const matched = table.match();
  const theirs = new Set(asked.map((row) => accountKey(matched.resolve(row))));
  kept.addFrom([read.held, read.heldOthers], ({ explanation: { signIn } }) => {
    return signIn.account !== null && theirs.has(accountKey(matched.resolve(signIn.account)));
  });
  const rows = kept.end();
  const known = new Map(
    [...table.accounts(matched)].map(({ account: who, sightings }) => {
      const account = who();
      return [accountKey(account), { account, sightings }];
    }),
  );
  const accountOf = (row: RowAccount): Account => {
    const id = matched.resolve(row);
    return known.get(accountKey(id))?.account ?? { ...id, names: namesOf(row) };
  };
  const listed =
    run.users === null
      ? nearestFirst([...known.values()], run.rules)
      : distinct(asked.map(accountOf), accountKey);
  const accounts = listed.slice(0, run.limit);
  const wanted = distinct(
    [...accounts, ...rows.shown.flatMap(accountsIn).map(accountOf)],
    accountKey,
  );
  const approvals = await readApprovals([ledger.approvals(mayBeOf(wanted))], wanted, matched);
  const byKey = new Map(
    wanted.map((account) => {
      const key = accountKey(account);
      const sightings = known.get(key)?.sightings() ?? [];
      return [key, explainAccount(run.rules, account, sightings, approvals.get(key) ?? [])];
    }),
  );
  return {
    counts,
    coverage: judgeCoverage(tally, counts, run.seen?.() ?? nothingSeen, run),
    rows: rows.shown,
    rowsLeftOut: rows.leftOut,
    accounts: accounts.flatMap((account) => byKey.get(accountKey(account)) ?? []),
    accountsLeftOut: listed.length - accounts.length,
    unseen,
    accountOf: (row) => byKey.get(accountKey(matched.resolve(row))) ?? null,
  };
}

async function readEntries(
  entries: AsyncIterable<readonly LogEntry[]>,
  ledger: Pick<Ledger, "addApproval">,
  { rules, asOf, users, limit, onBad, onName }: ExplainRun,
) {
  const counts = noCounts();
  const tally = emptyTally();
  const table = new SightingTable();
  const kept = new KeptRows(limit);
  const held = new KeptRows(mostHeld);
  // There are too many of these in a large log, so they must not take the place of the others.
  const heldOthers = new KeptRows(mostHeld);
  let ordinal = 0;
  // Grows by the object ids of accounts with a requested name.
  const askedNames = new Set(users);
  const asked: RowAccount[] = [];
  const unseen = new Set(users);
  const scopes = rules.map((rule) => rule.scope);
  for await (const batch of entries) {
    for (const entry of batch) {
      if (entry.kind === "bad") {
        countUnreadable(counts);
        onBad(entry.reason, entry.place);
        continue;
      }
      const explanation = explainRow(entry.record, { asOf, scopes });
      const { classified, signIn, candidate } = explanation;
      countRow(counts, classified);
      tallyRow(tally, signIn, classified);
      if (classified.kind === "bad") {
        onBad(classified.reason, entry.place);
      }
      const { account } = classified;
      if (account !== null) {
        for (const approval of classified.approvals) {
          ledger.addApproval(account, approval);
        }
        for (const sighting of classified.sightings) {
          table.add(account, sighting);
        }
      }
      const shownNames = allNamesIn(signIn);
      if (users !== null) {
        shownNames.forEach((name) => onName?.(name));
      }
      const names = shownNames.filter((name) => askedNames.has(name));
      const row = { place: entry.place, reading: entry.reading ?? null, explanation };
      ordinal++;
      if (users === null ? candidate !== null : names.length > 0) {
        kept.add({ ...row, ordinal });
        names.forEach((name) => unseen.delete(name));
        if (users !== null && signIn.account !== null) {
          asked.push(signIn.account);
          askedNames.add(signIn.account.user);
        }
      } else if (users !== null) {
        const isPartlyNamed = candidate !== null || shownNames.length === 1;
        (isPartlyNamed ? held : heldOthers).add({ ...row, ordinal });
      }
    }
  }
  return { counts, tally, table, kept, held, heldOthers, asked, unseen: [...unseen] };
}

function allNamesIn({ account }: SignIn): readonly string[] {
  return account === null ? [] : allNames({ ...account, names: namesOf(account) });
}

function namesOf({ name }: RowAccount): readonly KnownName[] {
  return name === null ? [] : [{ name, seenAt: 0 }];
}

function accountsIn({ explanation }: ExplainedRow): readonly RowAccount[] {
  const { account, kind } = explanation.classified;
  return account === null || kind !== "classified" ? [] : [account];
}

/** Sorts accounts with a denial by the share of a threshold that they reached within one window. */
function nearestFirst(
  known: readonly { readonly account: Account; readonly sightings: () => readonly Sighting[] }[],
  rules: readonly Rule[],
): readonly Account[] {
  return known
    .map(({ account, sightings }) => {
      const all = sightings();
      return { account, nearness: Math.max(...rules.map((rule) => nearness(rule, account, all))) };
    })
    .filter((each) => each.nearness > 0)
    .toSorted(
      (a, b) => b.nearness - a.nearness || (shownName(a.account) < shownName(b.account) ? -1 : 1),
    )
    .map(({ account }) => account);
}

function nearness(rule: Rule, account: Account, sightings: readonly Sighting[]): number {
  const most = densestWindow(rule, countDenials(rule, account, sightings));
  return (most?.denials ?? 0) / rule.threshold;
}

function explainAccount(
  rules: readonly Rule[],
  account: Account,
  sightings: readonly Sighting[],
  approvals: readonly Approval[],
): ExplainedAccount {
  return {
    account,
    prompts: indexPrompts(sightings),
    approvals: distinct(approvals, ({ at, request }) => JSON.stringify([at, request])).toSorted(
      (a, b) => a.at - b.at,
    ),
    rules: explainRules({ rules, account, sightings, approvals, incidentId }),
  };
}

/** Removes duplicates. The last of each kind takes the place of the first. */
function distinct<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  return [...new Map(items.map((each) => [keyOf(each), each])).values()];
}
