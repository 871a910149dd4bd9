import { shownName } from "../detection/signin/account.ts";
import { notOpenedReason, type Decision } from "../detection/decisions/decision.ts";
import type { Finding } from "../detection/decisions/finding.ts";
import { recordDecisions, type Subject } from "../detection/decisions/record.ts";
import type { Outcomes } from "../detection/prompts/outcomes.ts";
import type { Rule } from "../detection/rules/rule.ts";
import type { Counts } from "./counts.ts";
import type { ExcludedCounts } from "./excludedCounts.ts";
import { judgeCoverage, type Coverage, type CoverageLimits } from "./coverage.ts";
import { gatherRecords, type FilesRun } from "./gatherRecords.ts";
import { judgeSuspect } from "./judgeSuspect.ts";
import type { Ledger, StateStore } from "./ports.ts";
import type { SignInFiles } from "./signInFiles.ts";
import { askedFor, readContexts } from "./recordContexts.ts";

/** One run over logs in files. Everything is read, then everything is judged. */
export interface RecordsRun extends FilesRun, Omit<CoverageLimits, "rules"> {
  /** Half-open range (epoch ms) in which the first denial of a burst must lie. */
  readonly from: number;
  readonly to: number;
  /** Whether to look up the context of findings in the files. Default: true. */
  readonly context?: boolean;
}

/** One incident: the finding, and the decision against what was recorded. */
export interface Reported {
  /** The first rule that fired. The finding names all of them. */
  readonly rule: Rule;
  readonly subject: Subject;
  readonly decision: Decision;
  readonly finding: Finding;
}

export interface RecordsReport extends Outcomes {
  readonly counts: Counts;
  /** What this read could see. */
  readonly coverage: Coverage;
  /** Sorted by trigger, user and rule. */
  readonly findings: readonly Reported[];
  /** Findings that are not incidents, each with its reason, in the same order. */
  readonly notOpened: readonly Reported[];
  /** Denials that each exclusion hid, in these files alone. */
  readonly excluded: ExcludedCounts;
  /** Incidents that turned out to belong to another one: their id, and the id of the one that continues. */
  readonly merged: readonly (readonly [id: string, keeperId: string])[];
}

/**
 * Reads files, judges every account in them or in the ledger, and records the decisions. Nothing is durable until
 * the ledger's `commit`.
 */
export async function detectRecords(
  files: SignInFiles,
  { store, ledger }: { readonly store: StateStore; readonly ledger: Ledger },
  run: RecordsRun,
): Promise<RecordsReport> {
  const { counts, tally, outcomes, excluded, suspects, approvals } = await gatherRecords(
    files,
    { store, ledger },
    run,
  );
  const findings: Reported[] = [];
  const merged: (readonly [string, string])[] = [];
  const known = { store, approvals, rules: run.rules };
  const contexts = await readContexts(files, known, suspects, run);
  for (const [account, suspect] of suspects) {
    for (const { subject, head, judged } of await judgeSuspect(known, suspect, contexts)) {
      const recorded = head.bursts;
      const decisions = askedFor(judged, run);
      const bursts = recordDecisions(recorded, decisions);
      const isMoved = head.takenIn !== undefined;
      if (isMoved || decisions.some((decision) => decision.action !== "none")) {
        await store.write({ head: { ...head, bursts } });
      }
      // One at a time, because an account can have more than a call accepts as arguments.
      reportedOf(subject, decisions).forEach((each) => findings.push(each));
      for (const { id, mergedInto } of bursts) {
        if (mergedInto !== null) {
          merged.push([id, mergedInto]);
        }
      }
    }
    // What was prepared for the account takes memory.
    contexts.delete(account);
  }
  return {
    counts,
    coverage: judgeCoverage(tally, counts, files.seen(), run),
    ...outcomes,
    excluded,
    findings: findings
      .filter(({ decision }) => notOpenedReason(decision) === null)
      .toSorted(inOrder),
    notOpened: findings
      .filter(({ decision }) => notOpenedReason(decision) !== null)
      .toSorted(inOrder),
    merged,
  };
}

/** Returns the findings among decisions, whether they are opened or not. */
export function reportedOf(subject: Subject, decisions: readonly Decision[]): readonly Reported[] {
  return decisions.flatMap((decision) =>
    decision.finding === null || decision.reason === "awaiting-approval"
      ? []
      : [{ rule: decision.finding.rules[0], subject, decision, finding: decision.finding }],
  );
}

function inOrder(a: Reported, b: Reported): number {
  return (
    a.finding.facts.triggeredAt - b.finding.facts.triggeredAt ||
    compareText(shownName(a.subject), shownName(b.subject)) ||
    compareText(a.rule.id, b.rule.id) ||
    compareText(a.subject.tenantId ?? "", b.subject.tenantId ?? "")
  );
}

/** Compares by code unit, so that the order does not depend on the machine's language. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
