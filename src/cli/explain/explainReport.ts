import type { CandidateReason } from "../../detection/signin/candidate.ts";
import type { Density } from "../../detection/bursts/streak.ts";
import type {
  Fate,
  Missing,
  PromptIndex,
  RuleExplanation,
  StreakExplanation,
} from "../../detection/decisions/explainUser.ts";
import { windowWords, type Rule } from "../../detection/rules/rule.ts";
import { conditionOf, inWords } from "../../detection/rules/ruleText.ts";
import type { Approval, Telling } from "../../detection/signin/sighting.ts";
import { formatTime } from "../../detection/signin/time.ts";

import { shownName } from "../../detection/signin/account.ts";
import { toCoverageReport } from "../verdict/coverageReport.ts";
import { placeText } from "../placeText.ts";
import type { Explained, ExplainedAccount } from "../../run/explainRecords.ts";
import type { ExplainedRow } from "../../run/keptRows.ts";

/** What `explain --format json` prints. */
export type ExplainReport = ReturnType<typeof toExplainReport>;
export type ReportedRow = ExplainReport["rows"][number];
export type ReportedText = ReportedRow["texts"][number];
export type ReportedUser = ExplainReport["users"][number];
export type ReportedRule = ReportedUser["rules"][number];
export type ReportedRun = ReportedRule["runs"][number];

/** @param limit of runs and approvals for each user */
export function toExplainReport(explained: Explained, limit: number) {
  const { counts, coverage, rows, rowsLeftOut, accounts, accountsLeftOut, unseen } = explained;
  return {
    schemaVersion: 1,
    run: {
      rows: counts.rows,
      classified: counts.classified,
      setAside: counts.setAside,
      badRecords: counts.badRecords,
      unclassified: counts.unclassified,
      partial: counts.badRecords > 0,
      rowsLeftOut,
      usersLeftOut: accountsLeftOut,
      usersUnseen: unseen,
    },
    coverage: toCoverageReport(coverage),
    rows: rows.map((row) => toRow(row, explained)),
    users: accounts.map((account) => toUser(account, limit)),
  };
}

function toRow(
  { place, reading, explanation }: ExplainedRow,
  { accountOf }: Pick<Explained, "accountOf">,
) {
  const { signIn, classified, candidate, texts, dialect } = explanation;
  const { account } = classified;
  // A row that was set aside has no prompts.
  const explained =
    account === null || classified.kind !== "classified" ? null : accountOf(account);
  return {
    place: placeText(place),
    dialect: reading?.dialect ?? dialect,
    readBy: Object.fromEntries(reading?.names ?? []),
    conflicts: reading?.conflicts ?? [],
    tenantId: signIn.tenantId,
    user: signIn.account === null ? null : (signIn.account.name ?? signIn.account.user),
    request: signIn.request,
    resultType: signIn.resultType,
    happenedAt: timeOrNull(signIn.createdAt),
    publishedAt: timeOrNull(signIn.generatedAt),
    ipAddress: signIn.origin.ipAddress,
    candidate: candidate === null ? null : candidateWords(candidate),
    kind: classified.kind,
    setAside: classified.kind === "setAside" ? classified.reason : null,
    bad: classified.kind === "bad" ? classified.reason : null,
    unclassified: classified.kind === "classified" && classified.unclassified,
    texts: texts.map((text) => toText(text, explained)),
    approvals: classified.approvals.map(toApproval),
  };
}

function candidateWords(reason: CandidateReason): string {
  switch (reason.by) {
    case "resultType":
      return "ResultType";
    case "status":
      return "Status";
    case "step":
      return stepName(reason.step);
  }
}

/** Counts steps from 1, as people do. */
function stepName(step: number): string {
  return `step ${step + 1}`;
}

function toText(telling: Telling, explained: ExplainedAccount | null) {
  const { step, text, outcome, time, sighting } = telling;
  return {
    in: step === null ? "Status" : stepName(step),
    text,
    outcome,
    at: timeOrNull(time?.at ?? null),
    timeFrom: time?.from ?? null,
    prompt: sighting === null || explained === null ? null : explained.prompts.find(sighting),
    rules: Object.fromEntries(
      sighting === null || explained === null
        ? []
        : explained.rules.map(({ rule, fateOf }): [string, Fate] => [rule.id, fateOf(sighting)]),
    ),
  };
}

function toUser({ account, prompts, approvals, rules }: ExplainedAccount, limit: number) {
  return {
    tenantId: account.tenantId,
    user: shownName(account),
    prompts: countOutcomes(prompts),
    approvals: approvals.slice(0, limit).map(toApproval),
    approvalsLeftOut: Math.max(0, approvals.length - limit),
    rules: rules.map((rule) => toRule(rule, limit)),
  };
}

function countOutcomes({ prompts }: PromptIndex): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { outcome } of prompts) {
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

function toApproval({ at, source, request, ipAddress }: Approval) {
  return { at: formatTime(at), in: source === "step" ? "step" : "Status", request, ipAddress };
}

function toRule({ rule, denials, densest, streaks, missing }: RuleExplanation, limit: number) {
  return {
    rule: rule.id,
    firesOn: conditionOf(rule),
    denials: denials.length,
    densest: toDensity(densest),
    runs: mostTelling(streaks, limit).map((run) => toRun(rule, run)),
    runsLeftOut: Math.max(0, streaks.length - limit),
    missing: toMissing(rule, missing),
  };
}

/** Returns the runs that came closest to firing, oldest first. */
function mostTelling(
  streaks: readonly StreakExplanation[],
  limit: number,
): readonly StreakExplanation[] {
  return streaks
    .toSorted((a, b) => (b.densest?.denials ?? 0) - (a.densest?.denials ?? 0))
    .slice(0, limit)
    .toSorted((a, b) => a.streak.extent.from - b.streak.extent.from);
}

function toRun(rule: Rule, { streak, densest, decision, missing }: StreakExplanation) {
  const facts = missing === null ? decision?.finding?.facts : undefined;
  return {
    denials: streak.denials.length,
    from: formatTime(streak.extent.from),
    to: formatTime(streak.extent.to),
    densest: toDensity(densest),
    thresholdReachedAt: timeOrNull(streak.triggeredAt),
    missing: toMissing(rule, missing),
    finding:
      facts === undefined || decision === null
        ? null
        : {
            incidentId: decision.burst.id,
            triggeredAt: formatTime(facts.triggeredAt),
            severity: facts.severity,
            fraudReports: facts.fraudReports,
            approval:
              facts.approval === null
                ? null
                : { at: formatTime(facts.approval.at), match: facts.approval.match },
          },
  };
}

function toDensity(densest: Density | null) {
  return densest === null
    ? null
    : {
        denials: densest.denials,
        from: formatTime(densest.from),
        to: formatTime(densest.to),
      };
}

function toMissing(rule: Rule, missing: Missing | null) {
  if (missing === null) {
    return null;
  }
  const { denials, approval } = missing;
  return {
    denials,
    approval: approval !== "none",
    words: [denialWords(rule, denials), ...approvalWords(approval)]
      .filter((words) => words !== "")
      .join(", and "),
  };
}

function denialWords({ kind, windowMs }: Rule, count: number): string {
  return count === 0
    ? ""
    : `${count} denial${count === 1 ? "" : "s"} more ${windowWords[kind]} ${inWords(windowMs)}`;
}

function approvalWords(approval: Missing["approval"]): readonly string[] {
  switch (approval) {
    case "none":
      return [];
    case "any":
      return ["an approval afterwards"];
    default:
      return [`an approval from ${formatTime(approval.from)} to ${formatTime(approval.to)}`];
  }
}

function timeOrNull(at: number | null): string | null {
  return at === null ? null : formatTime(at);
}
