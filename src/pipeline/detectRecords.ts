import type { Account } from "../detection/classify.ts";
import { classify } from "../detection/classify.ts";
import { promptsOf, runsIn, runsOf } from "../detection/countDenials.ts";
import { judge, type Decision } from "../detection/decision.ts";
import type { Finding } from "../detection/finding.ts";
import { recordDecisions, type Subject } from "../detection/record.ts";
import type { Rule } from "../detection/rule.ts";
import type { Approval, Sighting } from "../detection/sighting.ts";
import { countRow, countUnreadable, noCounts, type Counts } from "./counts.ts";
import { accountName, Evidence } from "./evidence.ts";
import { identify } from "./identity.ts";
import { countOutcomes, type Outcomes } from "./outcomes.ts";
import type { Ledger, LogEntry, StateStore } from "./ports.ts";

/** One run over logs that come as files: everything is read, then everything is judged. */
export interface RecordsRun<P> {
  readonly rules: readonly Rule[];
  /** Only what was published by then (epoch ms) exists; null: everything. */
  readonly asOf: number | null;
  /** Half-open range (epoch ms) in which a burst's first denial has to lie. */
  readonly from: number;
  readonly to: number;
  /** Told of every record that cannot be used; an error thrown here ends the run. */
  readonly onBad: (reason: string, place: P) => void;
}

/** One incident: what was found, and what that means against what was recorded. */
export interface Reported {
  readonly rule: Rule;
  readonly subject: Subject;
  readonly decision: Decision;
  readonly finding: Finding;
}

export interface RecordsReport extends Outcomes {
  readonly counts: Counts;
  /** Sorted by trigger, user and rule. */
  readonly findings: readonly Reported[];
  /** Incidents that turned out to belong to another: their id and the id of the one that goes on. */
  readonly merged: readonly (readonly [id: string, keeperId: string])[];
}

/**
 * Reads entries, judges every account that they or the ledger show, and records the decisions. Nothing is
 * durable until the ledger's `commit`.
 */
export async function detectRecords<P>(
  entries: AsyncIterable<readonly LogEntry<P>[]>,
  { store, ledger }: { readonly store: StateStore; readonly ledger: Ledger },
  run: RecordsRun<P>,
): Promise<RecordsReport> {
  const { counts, fresh } = await readEntries(entries, ledger, run);
  const known = await completeEvidence(ledger, fresh);
  const suspects = await findSuspects(store, known, run);
  const approvals = await readApprovals(ledger, suspects, run.asOf);
  const findings: Reported[] = [];
  const merged: (readonly [string, string])[] = [];
  for (const { account, sightings } of suspects.values()) {
    for (const rule of run.rules) {
      const subject = subjectOf(rule, account);
      const head = await store.readHead(subject, -Infinity);
      const recorded = head.bursts;
      const prompts = promptsOf(rule, account.user, sightings);
      const judged = judge({
        rule,
        subject,
        recorded,
        runs: runsIn(rule, prompts),
        prompts,
        approvals: approvals.get(accountName(account)) ?? [],
        identify,
        openFrom: null,
        bounded: false,
      });
      const decisions = askedFor(judged, run);
      const bursts = recordDecisions(recorded, decisions);
      if (decisions.some((decision) => decision.action !== "none")) {
        await store.write({ head: { ...head, bursts } });
      }
      findings.push(...report(rule, subject, decisions));
      merged.push(
        ...bursts.flatMap(({ id, mergedInto }) =>
          mergedInto === null ? [] : [[id, mergedInto] as const],
        ),
      );
    }
  }
  return {
    counts,
    ...countOutcomes(fresh, run.rules),
    findings: findings.toSorted(inOrder),
    merged,
  };
}

async function readEntries<P>(
  entries: AsyncIterable<readonly LogEntry<P>[]>,
  ledger: Ledger,
  { rules, asOf, onBad }: RecordsRun<P>,
): Promise<{ readonly counts: Counts; readonly fresh: Evidence }> {
  const counts = noCounts();
  const fresh = new Evidence();
  const exclusions = rules.map((rule) => rule.exclusions);
  for await (const batch of entries) {
    for (const entry of batch) {
      if (entry.kind === "bad") {
        countUnreadable(counts);
        onBad(entry.reason, entry.place);
        continue;
      }
      const row = classify(entry.record, { asOf, exclusions });
      countRow(counts, row);
      if (row.kind === "bad") {
        onBad(row.reason, entry.place);
      }
      if (row.account !== null) {
        for (const approval of row.approvals) {
          ledger.addApproval(row.account, approval);
        }
        for (const sighting of row.sightings) {
          fresh.add(row.account, sighting);
        }
      }
    }
  }
  return { counts, fresh };
}

/** Puts what earlier files said and what these say together, and notes in the ledger what is new. */
async function completeEvidence(ledger: Ledger, fresh: Evidence): Promise<Evidence> {
  const known = new Evidence();
  for await (const [account, sighting] of ledger.sightings()) {
    known.add(account, sighting);
  }
  for (const [account, sightings] of fresh) {
    for (const sighting of sightings) {
      if (known.add(account, sighting)) {
        ledger.addSighting(account, sighting);
      }
    }
  }
  return known;
}

interface Suspect {
  readonly account: Account;
  readonly sightings: readonly Sighting[];
}

/** The accounts on which some rule fires or has fired before: only theirs are the approvals that matter. */
async function findSuspects<P>(
  store: StateStore,
  known: Evidence,
  { rules, asOf }: RecordsRun<P>,
): Promise<ReadonlyMap<string, Suspect>> {
  const suspects = new Map<string, Suspect>();
  for (const [account, all] of known) {
    const sightings = all.filter((sighting) => wasPublished(sighting, asOf));
    for (const rule of rules) {
      const fires = runsOf(rule, account.user, sightings).some((run) => run.triggeredAt !== null);
      if (fires || (await store.readHead(subjectOf(rule, account), -Infinity)).bursts.length > 0) {
        suspects.set(accountName(account), { account, sightings });
        break;
      }
    }
  }
  return suspects;
}

async function readApprovals(
  ledger: Ledger,
  suspects: ReadonlyMap<string, Suspect>,
  asOf: number | null,
): Promise<ReadonlyMap<string, readonly Approval[]>> {
  const approvals = new Map<string, Approval[]>();
  for await (const [account, approval] of ledger.approvals((each) =>
    suspects.has(accountName(each)),
  )) {
    if (wasPublished(approval, asOf)) {
      const held = approvals.get(accountName(account));
      if (held === undefined) {
        approvals.set(accountName(account), [approval]);
      } else {
        held.push(approval);
      }
    }
  }
  return approvals;
}

function wasPublished(
  { publishedAt }: { readonly publishedAt: number | null },
  asOf: number | null,
): boolean {
  return asOf === null || (publishedAt ?? asOf) <= asOf;
}

function subjectOf(rule: Rule, { tenantId, user }: Account): Subject {
  return { rule: rule.id, workspaceId: null, tenantId, user };
}

/** A burst outside the range asked for is neither shown nor recorded; a merger goes with its keeper. */
function askedFor<P>(
  decisions: readonly Decision[],
  { from, to }: RecordsRun<P>,
): readonly Decision[] {
  const asked = new Set(
    decisions.flatMap(({ finding, burst }) =>
      finding !== null && finding.facts.firstDenialAt >= from && finding.facts.firstDenialAt < to
        ? [burst.id]
        : [],
    ),
  );
  return decisions.filter(({ burst }) => asked.has(burst.mergedInto ?? burst.id));
}

function report(rule: Rule, subject: Subject, decisions: readonly Decision[]): readonly Reported[] {
  return decisions.flatMap((decision) =>
    decision.finding === null || decision.reason === "awaiting-approval"
      ? []
      : [{ rule, subject, decision, finding: decision.finding }],
  );
}

function inOrder(a: Reported, b: Reported): number {
  return (
    a.finding.facts.triggeredAt - b.finding.facts.triggeredAt ||
    compareText(a.subject.user, b.subject.user) ||
    compareText(a.rule.id, b.rule.id) ||
    compareText(a.subject.tenantId ?? "", b.subject.tenantId ?? "")
  );
}

/** By code unit, so that no machine's language changes the order. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
