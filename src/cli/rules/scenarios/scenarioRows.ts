import type { Fields } from "../../../detection/signin/fields.ts";
import type { PromptOutcome } from "../../../detection/signin/outcome.ts";
import { strongAuthenticationFailed } from "../../../detection/signin/candidate.ts";
import { formatTime } from "../../../detection/signin/time.ts";
import { momentOf, type ApprovalEntry, type DenialEntry } from "./scenario.ts";
import type { Scenario } from "./readScenarios.ts";

/** The times from sending a prompt of the short notation to its answer, and to the publication of its row. */
const answerMs = 12_000;
const publicationMs = 120_000;

/** The log's usual text for each outcome. */
export const outcomeTexts = {
  denied: "MFA denied; user declined the authentication",
  fraudReported: "SuspiciousActivityReported",
  wrongNumber: "MFA denied; user did not select the correct number",
  noResponse: "MFA denied; user did not respond to mobile app notification",
  wrongCode: "MFA denied; invalid verification code",
  duplicateAttempt: "MFA denied; duplicate authentication attempt",
  blocked: "MFA denied; user is blocked",
  technical: "MFA denied; unable to send the mobile app notification",
  pending: "Authentication in progress",
} as const satisfies Record<PromptOutcome, string>;

/** Returns the rows that the short notation stands for, as Log Analytics has them. */
export function scenarioRows({ denials, approvals, day }: Scenario): readonly Fields[] {
  return [
    ...denials.flatMap((entry, index) => denialRows(entry, day, `denials[${index}]`)),
    ...approvals.flatMap((entry, index) => approvalRows(entry, day, `approvals[${index}]`)),
  ];
}

function denialRows(entry: DenialEntry, day: string, name: string): readonly Fields[] {
  const text = outcomeTexts[entry.outcome];
  return momentsOf(entry, day).map((at, index) => ({
    ...commonColumns(entry, day, at, `${name}.at[${index}]`),
    ResultType: strongAuthenticationFailed,
    Status: entry.in === "status" ? { additionalDetails: text } : {},
    AuthenticationDetails: entry.in === "step" ? [step(at, text, false)] : [],
  }));
}

function approvalRows(entry: ApprovalEntry, day: string, name: string): readonly Fields[] {
  return momentsOf(entry, day).map((at, index) => ({
    ...commonColumns(entry, day, at, `${name}.at[${index}]`),
    ResultType: "0",
    AuthenticationDetails: [step(at, "MFA successfully completed", true)],
  }));
}

function momentsOf(entry: ApprovalEntry, day: string): readonly number[] {
  return entry.at.flatMap((text) => momentOf(text, entry.day ?? day) ?? []);
}

function commonColumns(entry: ApprovalEntry, day: string, at: number, name: string): Fields {
  const published =
    entry.published === undefined ? null : momentOf(entry.published, entry.day ?? day);
  return {
    TimeGenerated: formatTime(published ?? at + publicationMs),
    CreatedDateTime: formatTime(at),
    Id: entry.request ?? name,
    UserPrincipalName: entry.user,
    IPAddress: entry.address,
    IsInteractive: true,
  };
}

function step(at: number, text: string, succeeded: boolean): Fields {
  return {
    authenticationStepDateTime: formatTime(at),
    authenticationMethod: "Mobile app notification",
    succeeded,
    authenticationStepResultDetail: text,
    StatusSequence: at,
    RequestSequence: at - answerMs,
  };
}
