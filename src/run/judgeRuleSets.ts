import { notOpenedReason } from "../detection/decisions/decision.ts";
import type { Rule } from "../detection/rules/rule.ts";
import { judgeCoverage, type Coverage, type CoverageLimits } from "./coverage.ts";
import { reportedOf, type Reported } from "./detectRecords.ts";
import { gatherRecords, type FilesRun } from "./gatherRecords.ts";
import { judgeSuspect } from "./judgeSuspect.ts";
import type { Ledger, StateStore } from "./ports.ts";
import type { SignInFiles } from "./signInFiles.ts";

/** A judgement of the same files by several sets of rules. */
export interface RuleSetsRun extends Omit<FilesRun, "rules">, Omit<CoverageLimits, "rules"> {
  readonly sets: readonly (readonly Rule[])[];
}

export interface RuleSetsReport {
  readonly coverage: Coverage;
  /** By set: the findings that each opens. No context is looked up, so no origin is known. */
  readonly findings: readonly (readonly Reported[])[];
}

/**
 * Reads files once and judges them by each set of rules.
 *
 * @param store empty; nothing is written to it
 */
export async function judgeRuleSets(
  files: SignInFiles,
  { store, ledger }: { readonly store: StateStore; readonly ledger: Ledger },
  run: RuleSetsRun,
): Promise<RuleSetsReport> {
  const rules = run.sets.flat();
  const gathered = await gatherRecords(files, { store, ledger }, { ...run, rules });
  const { tally, counts, suspects, approvals } = gathered;
  const findings: Reported[][] = [];
  for (const set of run.sets) {
    const found: Reported[] = [];
    for (const suspect of suspects.values()) {
      const known = { store, approvals, rules: set };
      for (const { subject, judged } of await judgeSuspect(known, suspect, new Map())) {
        reportedOf(subject, judged)
          .filter(({ decision }) => notOpenedReason(decision) === null)
          .forEach((each) => found.push(each));
      }
    }
    findings.push(found.toSorted(byTime));
  }
  return { coverage: judgeCoverage(tally, counts, files.seen(), { ...run, rules }), findings };
}

function byTime(a: Reported, b: Reported): number {
  return a.finding.facts.firstDenialAt - b.finding.facts.firstDenialAt;
}
