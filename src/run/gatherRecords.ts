import { accountKey, type Account } from "../detection/signin/account.ts";
import { eachBurst } from "../detection/bursts/eachBurst.ts";
import { streaksOf } from "../detection/bursts/countDenials.ts";
import { familiesOf } from "../detection/rules/families.ts";
import type { Rule } from "../detection/rules/rule.ts";
import { withoutExclusions } from "../detection/signin/scope.ts";
import type { Approval, Sighting } from "../detection/signin/sighting.ts";
import { addCounts, noCounts, type Counts } from "./counts.ts";
import { countAllExcluded, type ExcludedCounts } from "./excludedCounts.ts";
import { addTally, emptyTally, type CoverageTally } from "./coverageTally.ts";
import type { Bindings, MatchedAccounts } from "../detection/prompts/accounts.ts";
import { mayBeOf } from "../detection/prompts/approvals.ts";
import { SightingTable } from "../detection/prompts/sightingTable.ts";
import { countOutcomes, type Outcomes } from "../detection/prompts/outcomes.ts";
import type { DenialColumns } from "../detection/prompts/columns.ts";
import { readApprovals, wasPublished } from "./readApprovals.ts";
import { subjectOf, type Suspect } from "./judgeSuspect.ts";
import type { Ledger, StateStore } from "./ports.ts";
import type { SignInFiles, Place } from "./signInFiles.ts";

/** How files are read for some rules. */
export interface FilesRun {
  readonly rules: readonly Rule[];
  /** Ignores everything published after this time (epoch ms); null: nothing is ignored. */
  readonly asOf: number | null;
  /** Receives every record that cannot be used. An error thrown here ends the run. */
  readonly onBad: (reason: string, place: Place) => void;
}

/** What files and the ledger say, as far as some rules need it. */
export interface Gathered {
  readonly counts: Counts;
  readonly tally: CoverageTally;
  readonly outcomes: Outcomes;
  /** Denials that each exclusion hid, in these files alone. */
  readonly excluded: ExcludedCounts;
  /** By `accountKey`: those on which some rule fires or has fired before. */
  readonly suspects: ReadonlyMap<string, Suspect>;
  /** Of the suspects. */
  readonly approvals: ReadonlyMap<string, readonly Approval[]>;
}

/** Reads files, adds to the ledger what they say that is new, and finds the accounts to judge. */
export async function gatherRecords(
  files: SignInFiles,
  { store, ledger }: { readonly store: Pick<StateStore, "readHead">; readonly ledger: Ledger },
  run: FilesRun,
): Promise<Gathered> {
  const { counts, tally, fresh } = await readFiles(files, ledger, run);
  const bindings = bindingsOf(ledger);
  const outcomes = countOutcomes(fresh, fresh.match(bindings), run.rules);
  const excluded = countAllExcluded(fresh, fresh.match(bindings), run.rules);
  const matched = await completeSightings(ledger, fresh, bindings);
  const suspects = await findSuspects(store, fresh, matched, run);
  const accounts = [...suspects.values()].map(({ account }) => account);
  const sources = [ledger.approvals(mayBeOf(accounts)), files.approvals(accounts)];
  const approvals = await readApprovals(sources, accounts, matched, run.asOf);
  return { counts, tally, outcomes, excluded, suspects, approvals };
}

async function readFiles(
  files: SignInFiles,
  ledger: Ledger,
  { rules, asOf, onBad }: FilesRun,
): Promise<{
  readonly counts: Counts;
  readonly tally: CoverageTally;
  readonly fresh: SightingTable;
}> {
  const counts = noCounts();
  const tally = emptyTally();
  const fresh = new SightingTable();
  const scopes = rules.map((rule) => rule.scope);
  for await (const extract of files.read({ asOf, scopes })) {
    addCounts(counts, extract.counts);
    addTally(tally, extract.tally);
    extract.bad.forEach(({ reason, place }) => onBad(reason, place));
    extract.approvals.forEach((each) => ledger.addApproval(...each));
    extract.sightings.forEach((each) => fresh.add(...each));
  }
  return { counts, tally, fresh };
}

function bindingsOf(ledger: Ledger): Bindings {
  const { names, unnamedTenant } = ledger.bindings();
  const ids = new Map(
    names.map(({ tenantId, name, id }) => [accountKey({ tenantId, user: name }), id]),
  );
  return {
    tenants: [],
    unnamedTenant,
    // Reading files costs nothing extra.
    hasUnnamed: true,
    idOf: (tenantId, name) => ids.get(accountKey({ tenantId, user: name })) ?? null,
  };
}

/** Adds what earlier files said, and records in the ledger what is new. */
async function completeSightings(
  ledger: Ledger,
  fresh: SightingTable,
  bindings: Bindings,
): Promise<MatchedAccounts> {
  for await (const [account, sighting] of ledger.sightings()) {
    fresh.recall(account, sighting);
  }
  const matched = fresh.match(bindings);
  ledger.addSightings(fresh.news(matched));
  const known = ledger.bindings();
  ledger.bind({
    names: [
      ...known.names,
      ...matched.bound.filter(({ tenantId, name }) => bindings.idOf(tenantId, name) === null),
    ],
    unnamedTenant: known.unnamedTenant ?? matched.boundTenant,
  });
  return matched;
}

/** Finds the accounts on which some rule fires or has fired before. Only their approvals matter. */
async function findSuspects(
  store: Pick<StateStore, "readHead">,
  known: SightingTable,
  matched: MatchedAccounts,
  { rules, asOf }: FilesRun,
): Promise<ReadonlyMap<string, Suspect>> {
  const suspects = new Map<string, Suspect>();
  const mayFire = accountsThatMayFire(known.columns(matched), rules);
  for (const { number, account: who, sightings: all } of known.accounts(matched)) {
    const account = who();
    const sightings = () => all().filter((sighting) => wasPublished(sighting, asOf));
    if (
      (mayFire.has(number) && doesFire(rules, account, sightings())) ||
      (await hasRecords(store, rules, account))
    ) {
      suspects.set(accountKey(account), { account, sightings });
    }
  }
  return suspects;
}

/**
 * Returns the numbers of accounts that, for some rule, have as many sightings in one window as its threshold. A
 * rule cannot fire on any other account: each denial is a prompt of its own, no two prompts share a sighting, and a
 * prompt happened at the time of one of its sightings. Sightings that do not count (excluded, published later, of
 * another outcome) can only add accounts.
 */
function accountsThatMayFire(columns: DenialColumns, rules: readonly Rule[]): ReadonlySet<number> {
  const accounts = new Set<number>();
  for (const rule of rules) {
    eachBurst(rule, columns, ({ account }) => accounts.add(account));
  }
  return accounts;
}

function doesFire(
  rules: readonly Rule[],
  account: Account,
  sightings: readonly Sighting[],
): boolean {
  return rules.some((rule) =>
    withAndWithoutExclusions(rule).some((each) =>
      streaksOf(each, account, sightings).some((streak) => streak.triggeredAt !== null),
    ),
  );
}

/** Also returns the rule without its exclusions, because an excluded burst is reported if it ended badly. */
function withAndWithoutExclusions(rule: Rule): readonly Rule[] {
  return rule.scope.exclude.length === 0
    ? [rule]
    : [rule, { ...rule, scope: withoutExclusions(rule.scope) }];
}

async function hasRecords(
  store: Pick<StateStore, "readHead">,
  rules: readonly Rule[],
  account: Account,
): Promise<boolean> {
  const names = familiesOf(rules).flatMap(({ name, formerly }) => [name, ...formerly]);
  for (const name of names) {
    const { bursts } = await store.readHead(subjectOf(name, account), -Infinity);
    if (bursts.length > 0) {
      return true;
    }
  }
  return false;
}
