import type { Account } from "../detection/signin/classify.ts";
import { countDenials } from "../detection/bursts/countDenials.ts";
import { densestWindow } from "../detection/bursts/streak.ts";
import { explainRow, type RowExplanation } from "../detection/signin/explainRow.ts";
import {
  explainRules,
  indexPrompts,
  type PromptIndex,
  type RuleExplanation,
} from "../detection/decisions/explainUser.ts";
import { effectiveApprovals } from "../detection/decisions/approval.ts";
import type { Rule } from "../detection/rules/rule.ts";
import type { Approval, Sighting } from "../detection/signin/sighting.ts";
import type { SignIn } from "../detection/signin/signIn.ts";
import { countRow, countUnreadable, noCounts, type Counts } from "./counts.ts";
import { judgeCoverage, type Coverage, type CoverageLimits } from "./coverage.ts";
import { emptyTally, tallyRow } from "./coverageTally.ts";
import { accountName, Evidence } from "../detection/prompts/evidence.ts";
import { identify } from "../detection/incidents/identity.ts";
import { nothingSeen, type InputSeen, type RecordReading } from "./inputSeen.ts";
import type { Ledger, LogEntry } from "./ports.ts";

export interface ExplainRun<P> extends Omit<CoverageLimits, "rules"> {
  readonly rules: readonly Rule[];
  /** Only what was published by then (epoch ms) exists; null: everything. */
  readonly asOf: number | null;
  /** Principal names or object ids in lower case; null: everybody, and of their rows the candidates. */
  readonly users: readonly string[] | null;
  /** Rows that are kept at most, and accounts as well: what bounds the output bounds the memory. */
  readonly limit: number;
  readonly onBad: (reason: string, place: P) => void;
  /** What the files turned out to be, once all entries are read; nothing is known without it. */
  readonly seen?: () => InputSeen;
}

export interface ExplainedRow<P> {
  readonly place: P;
  /** Under which names its fields stood; null where the reader does not say. */
  readonly reading: RecordReading | null;
  readonly explanation: RowExplanation;
}

export interface ExplainedAccount {
  readonly account: Account;
  readonly prompts: PromptIndex;
  /** Oldest first; a row that says the same again adds none. */
  readonly approvals: readonly Approval[];
  readonly rules: readonly RuleExplanation[];
}

export interface Explained<P> {
  readonly counts: Counts;
  readonly coverage: Coverage;
  /** In the order in which they were read. */
  readonly rows: readonly ExplainedRow<P>[];
  readonly rowsLeftOut: number;
  /** Nearest to firing first. */
  readonly accounts: readonly ExplainedAccount[];
  readonly accountsLeftOut: number;
  /** Those of `users` of whom no row was read. */
  readonly unseen: readonly string[];
  /** Of everybody in `rows` or `accounts` with a prompt, by `accountName`. */
  readonly byName: ReadonlyMap<string, ExplainedAccount>;
}

/** Reads everything as a detection does, and keeps beside it what was asked for. */
export async function explainRecords<P>(
  entries: AsyncIterable<readonly LogEntry<P>[]>,
  ledger: Pick<Ledger, "addApproval" | "approvals">,
  run: ExplainRun<P>,
): Promise<Explained<P>> {
  const { counts, tally, evidence, rows, asked, unseen } = await readEntries(entries, ledger, run);
  const sightings = new Map([...evidence].map(([account, all]) => [accountName(account), all]));
  const listed =
    run.users === null
      ? nearestFirst(evidence, run.rules)
      : [...asked.values()].map((account) => ({ account, nearness: 0 }));
  const accounts = listed.slice(0, run.limit).map(({ account }) => account);
  const wanted = new Map(
    [...accounts, ...rows.shown.flatMap(accountsIn)].map((account) => [
      accountName(account),
      account,
    ]),
  );
  const approvals = await readApprovals(ledger, wanted);
  const byName = new Map(
    [...wanted].map(([name, account]) => [
      name,
      explainAccount(run.rules, account, sightings.get(name) ?? [], approvals.get(name) ?? []),
    ]),
  );
  return {
    counts,
    coverage: judgeCoverage(tally, counts, run.seen?.() ?? nothingSeen, run),
    rows: rows.shown,
    rowsLeftOut: rows.leftOut,
    accounts: accounts.flatMap((account) => byName.get(accountName(account)) ?? []),
    accountsLeftOut: listed.length - accounts.length,
    unseen,
    byName,
  };
}

async function readEntries<P>(
  entries: AsyncIterable<readonly LogEntry<P>[]>,
  ledger: Pick<Ledger, "addApproval">,
  { rules, asOf, users, limit, onBad }: ExplainRun<P>,
) {
  const counts = noCounts();
  const tally = emptyTally();
  const evidence = new Evidence();
  const kept = new KeptRows<P>(limit);
  const asked = new Map<string, Account>();
  const unseen = new Set(users);
  const exclusions = rules.map((rule) => rule.exclusions);
  for await (const batch of entries) {
    for (const entry of batch) {
      if (entry.kind === "bad") {
        countUnreadable(counts);
        onBad(entry.reason, entry.place);
        continue;
      }
      const explanation = explainRow(entry.record, { asOf, exclusions });
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
          evidence.add(account, sighting);
        }
      }
      const names = namesOf(signIn).filter((name) => users?.includes(name));
      if (users === null ? candidate !== null : names.length > 0) {
        kept.add({ place: entry.place, reading: entry.reading ?? null, explanation });
        names.forEach((name) => unseen.delete(name));
        if (users !== null && account !== null) {
          asked.set(accountName(account), account);
        }
      }
    }
  }
  return { counts, tally, evidence, rows: kept.end(), asked, unseen: [...unseen] };
}

function namesOf({ user, origin }: SignIn): readonly string[] {
  return [user, origin.userId].filter((name) => name !== null);
}

/** The first rows; where they are too many, candidates go before others. */
class KeptRows<P> {
  readonly #limit: number;
  readonly #candidates: (ExplainedRow<P> & { readonly ordinal: number })[] = [];
  readonly #others: (ExplainedRow<P> & { readonly ordinal: number })[] = [];
  #count = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(row: ExplainedRow<P>): void {
    const rows = row.explanation.candidate === null ? this.#others : this.#candidates;
    if (rows.length < this.#limit) {
      rows.push({ ...row, ordinal: this.#count });
    }
    this.#count++;
  }

  end(): { readonly shown: readonly ExplainedRow<P>[]; readonly leftOut: number } {
    const shown = [...this.#candidates, ...this.#others]
      .slice(0, this.#limit)
      .toSorted((a, b) => a.ordinal - b.ordinal);
    return { shown, leftOut: this.#count - shown.length };
  }
}

function accountsIn<P>({ explanation }: ExplainedRow<P>): readonly Account[] {
  const { account, kind } = explanation.classified;
  return account === null || kind !== "classified" ? [] : [account];
}

/** The accounts with a denial, by how much of a threshold they reached within one window. */
function nearestFirst(evidence: Evidence, rules: readonly Rule[]) {
  return [...evidence]
    .map(([account, sightings]) => ({
      account,
      nearness: Math.max(...rules.map((rule) => nearness(rule, account.user, sightings))),
    }))
    .filter((each) => each.nearness > 0)
    .toSorted((a, b) => b.nearness - a.nearness || (a.account.user < b.account.user ? -1 : 1));
}

function nearness(rule: Rule, user: string, sightings: readonly Sighting[]): number {
  const most = densestWindow(rule, countDenials(rule, user, sightings));
  return (most?.denials ?? 0) / rule.threshold;
}

async function readApprovals(
  ledger: Pick<Ledger, "approvals">,
  wanted: ReadonlyMap<string, Account>,
): Promise<ReadonlyMap<string, readonly Approval[]>> {
  const approvals = new Map<string, Approval[]>();
  for await (const [account, approval] of ledger.approvals((each) =>
    wanted.has(accountName(each)),
  )) {
    const name = accountName(account);
    const held = approvals.get(name) ?? [];
    held.push(approval);
    approvals.set(name, held);
  }
  return approvals;
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
    approvals: distinct(effectiveApprovals(approvals)).toSorted((a, b) => a.at - b.at),
    rules: explainRules({ rules, account, sightings, approvals, identify }),
  };
}

function distinct(approvals: readonly Approval[]): readonly Approval[] {
  return [
    ...new Map(approvals.map((each) => [JSON.stringify([each.at, each.request]), each])).values(),
  ];
}
