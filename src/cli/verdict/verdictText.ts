import { inKnownWords } from "../../detection/signin/vocabulary.ts";
import type { Coverage, Shortfall } from "../../run/coverage.ts";
import type { RecordDialect, ShownField } from "../../run/inputSeen.ts";
import { count, counted, listed } from "../text/words.ts";

/** The number of unknown texts, files and fields in a sentence. The report has all of them. */
const most = { texts: 3, files: 10, fields: 5 } as const;

const fieldWords = {
  resultCode: "result code",
  resultText: "result text",
  steps: "authentication details",
  user: "user name",
  objectId: "object id",
  time: "time",
  interactive: "interactive flag",
} as const satisfies Record<ShownField, string>;

/**
 * Describes what was read: "4,775 sign-ins by 212 users, 2026-03-10 00:00 to 24:00; 96 MFA failures, 88 % with a
 * reason".
 */
export function extentText(coverage: Omit<Coverage, "verdict" | "shortfalls">): string {
  const { rows, users, oldestRow, newestRow, mfaFailures, withReason } = coverage;
  const who = users === 0 ? "" : ` by ${counted(users, "user")}`;
  const when =
    oldestRow === null || newestRow === null ? "" : `, ${spanText(oldestRow, newestRow)}`;
  const failures =
    mfaFailures === 0
      ? "no MFA failures"
      : `${counted(mfaFailures, "MFA failure")}, ${shareText(withReason, mfaFailures)} with a reason`;
  return `${counted(rows, "sign-in")}${who}${when}; ${failures}`;
}

/** Returns one sentence for each thing that the read could not see; none if it saw everything. */
export function coverageNotes(coverage: Coverage): readonly string[] {
  const { atLeast, withoutSuccess, mfaFailures, withReason } = coverage;
  return [
    ...coverage.shortfalls.map((shortfall) => shortfallText(shortfall, coverage)),
    ...(atLeast && withReason > 0
      ? [
          "These records have no authentication details, so several prompts of one request count as one: counts are lower bounds.",
        ]
      : []),
    ...(withoutSuccess && mfaFailures > 0
      ? ["No successful sign-in in this export: approvals cannot be seen."]
      : []),
    ...unknownTextNote(coverage),
    ...conflictNote(coverage),
    ...contextNote(coverage),
  ];
}

function contextNote({ contextFiles }: Coverage): readonly string[] {
  return contextFiles.length === 0
    ? []
    : [`Other logs, for the context of findings: ${listedFiles(contextFiles)}.`];
}

function listedFiles(files: Coverage["passedOver"]): string {
  return listed(
    files.map(({ path, what }) => `${path} is ${what}`),
    most.files,
  );
}

function shortfallText(shortfall: Shortfall, coverage: Coverage): string {
  const { mfaFailures, withReason, badRecords, passedOver, unmatchedSteps } = coverage;
  switch (shortfall) {
    case "noRecords":
      return "The input is empty: it has no sign-in records (--allow-empty accepts that).";
    case "allBad":
      return badText(`None of ${counted(badRecords, "record")} could be used.`, coverage);
    case "noResult":
      return `No record has a result code or a result text, so a refusal looks like any other sign-in. ${missingFields(coverage)}`;
    case "noTime":
      return "No record says when, so nothing shows which refusals belong together. Export CreatedDateTime too, one row for each sign-in.";
    case "noReasons":
      return `${counted(mfaFailures, "MFA failure")}, none with a reason: all are unclassified, and refusals among them cannot be told from time-outs. ${howToGetReasons(coverage)}`;
    case "nobody":
      return `No record names a user or an object id, so no refusal belongs to anybody. ${renamedUser(coverage) ?? "Export UserPrincipalName and UserId too."}`;
    case "unexplained":
      return `${count(mfaFailures - withReason)} of ${counted(mfaFailures, "MFA failure")} have no reason; refusals among them are not counted.`;
    case "unmatchedSteps":
      return `${counted(unmatchedSteps, "authentication detail")} ${unmatchedSteps === 1 ? "belongs" : "belong"} to no sign-in in this input, and refusals among them are not counted: add the file InteractiveSignIns_….csv of the same download.`;
    case "passedOver":
      return `${counted(passedOver.length, "file")} passed over: ${listedFiles(passedOver)}.`;
    case "badRecords":
      return badText(`${counted(badRecords, "record")} could not be used.`, coverage);
  }
}

/** Returns null unless tables lack the column of users' names. Somebody may have renamed it. */
function renamedUser(coverage: Coverage): string | null {
  return isTable(coverage) ? missingColumn("Username", "empty") : null;
}

/** Adds the cure, if it is known. */
function badText(problem: string, coverage: Coverage): string {
  const cure = renamedTime(coverage);
  return cure === null ? problem : `${problem} ${cure}`;
}

/** Does the same for the time, without which no record can be used. */
function renamedTime(coverage: Coverage): string | null {
  return isTable(coverage) && coverage.oldestRow === null
    ? missingColumn("Date (UTC)", "unreadable")
    : null;
}

function isTable({ files }: Coverage): boolean {
  return files.length > 0 && files.every(({ dialect }) => dialect === "portal");
}

function missingColumn(name: string, otherwise: string): string {
  return `The column '${name}' is missing or ${otherwise}: if it was renamed, give it this name again, else download the file anew.`;
}

function missingFields({ fieldsMissing, files }: Coverage): string {
  const missing = fieldsMissing.map((field) => fieldWords[field]).join(", ");
  const isFlat = files.some(({ dialect }) => dialect === "graph");
  const hint = isFlat
    ? "Export-Csv replaces nested values by the names of their types: use ConvertTo-Json -Depth 10 (docs/exports.md)."
    : "Export ResultType, Status and AuthenticationDetails too (docs/exports.md).";
  return `Missing: ${missing}. ${hint}`;
}

/** Names the export that has the missing reasons. */
function howToGetReasons({ files, fieldsMissing, unknownTexts }: Coverage): string {
  const dialects = new Set(files.map(({ dialect }) => dialect));
  const hints = [...dialects].flatMap((dialect) => hintFor(dialect, fieldsMissing));
  if (unknownTexts.some(({ text }) => isForeign(text))) {
    hints.push(
      "Texts and headers must be in English: if these are not, switch the portal's language and download again.",
    );
  }
  return hints.length > 0 ? hints.join(" ") : everywhere;
}

/** Reports whether a text has words that Microsoft's English texts do not use. */
function isForeign(text: string): boolean {
  return inKnownWords(text).includes("…");
}

const everywhere =
  "Export Status and AuthenticationDetails too: from Log Analytics (SigninLogs) or from the beta endpoint of Microsoft Graph, with ConvertTo-Json -Depth 10 (docs/exports.md).";

function hintFor(dialect: RecordDialect | null, missing: readonly ShownField[]): readonly string[] {
  switch (dialect) {
    case "graph":
      return missing.includes("steps")
        ? [
            "Microsoft Graph v1.0 has no authentication details: use the beta endpoint (Get-MgBetaAuditLogSignIn with ConvertTo-Json -Depth 10), or export SigninLogs from Log Analytics.",
          ]
        : [
            "The authentication details have no texts: PowerShell cuts nested values off, so use ConvertTo-Json -Depth 10.",
          ];
    case "defender":
      return ["Defender's EntraIdSignInEvents has no result text: export SigninLogs instead."];
    case "portal":
      return [
        "Add the file InteractiveSignIns_AuthDetails_….csv of the same download, which has the authentication details.",
      ];
    default:
      return [];
  }
}

function unknownTextNote({ unknownTexts }: Coverage): readonly string[] {
  const texts = unknownTexts.map(({ text, count: rows }) => `"${text}" (${count(rows)})`);
  return texts.length === 0 ? [] : [`MFA texts of no known class: ${listed(texts, most.texts)}.`];
}

function conflictNote({ conflicts }: Coverage): readonly string[] {
  const fields = conflicts.map(({ field, count: rows }) => `${field} (${counted(rows, "row")})`);
  return fields.length === 0
    ? []
    : [
        `Two different values under names with one meaning; the exact name was read: ${listed(fields, most.fields)}. \`mfa-deny explain\` shows which.`,
      ];
}

/** Returns a whole percentage, rounded down, so that "100 %" means all. */
function shareText(part: number, whole: number): string {
  const percent = Math.floor((part * 100) / whole);
  return percent === 0 && part > 0 ? "under 1 %" : `${percent} %`;
}

const minute = 60_000;

/** Returns the range from one time to another in whole minutes. A day ends at 24:00. */
function spanText(from: number, to: number): string {
  const start = dayAndTime(Math.floor(from / minute) * minute);
  const end = endOfMinute(to);
  return `${start.day} ${start.time} to ${end.day === start.day ? "" : `${end.day} `}${end.time}`;
}

function endOfMinute(at: number) {
  const { day } = dayAndTime(at);
  const { time } = dayAndTime(Math.floor(at / minute) * minute + minute);
  return { day, time: time === "00:00" ? "24:00" : time };
}

function dayAndTime(at: number) {
  const iso = new Date(at).toISOString();
  return { day: iso.slice(0, 10), time: iso.slice(11, 16) };
}
