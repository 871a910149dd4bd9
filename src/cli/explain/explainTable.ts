import type { SetAsideReason } from "../../detection/signin/classify.ts";
import { promptOutcomes } from "../../detection/signin/outcome.ts";
import { visible } from "../../detection/signin/visible.ts";
import { counted, listed } from "../text/words.ts";
import { coverageLines } from "../verdict/verdictLines.ts";
import type {
  ExplainReport,
  ReportedRow,
  ReportedRule,
  ReportedRun,
  ReportedText,
  ReportedUser,
} from "./explainReport.ts";

type By = NonNullable<ReportedText["prompt"]>["by"];

const identityWords = {
  sent: "told apart by the time it was sent",
  moment: "told apart by request, method and second",
  joined: "joined to the sent one of its request, method and second",
  status: "the Status stands in for steps",
  lent: "no prompt of its own: the last denial step of its row takes over its class",
  none: "no prompt",
  silenced: "no prompt of its own: a step of the request shows it",
} as const satisfies Record<By, string>;

const dialectWords = {
  "log-analytics": "Log Analytics row",
  diagnostic: "diagnostic record",
  graph: "Graph sign-in",
  portal: "portal download",
  elastic: "Elastic document",
  defender: "Defender sign-in event",
} as const satisfies Record<ReportedRow["dialect"], string>;

const setAsideWords = {
  notCandidate: "no candidate: neither its ResultType nor a text can mean a denial",
  nonInteractive: "set aside: not interactive",
  excluded: "set aside: excluded by every rule in use",
  unattributable: "set aside: neither principal name nor user id",
  notYetPublished: "set aside: published after --as-of",
} as const satisfies Record<SetAsideReason, string>;

/** Maximum number of users that the first line names. */
const namedUsers = 5;

/** Maximum number of approvals shown for a user. JSON has them all. */
const namedApprovals = 5;

/** Returns text for people: the verdict, then the rows, then the users. */
export function explainTable(report: ExplainReport): string {
  const { rows, users, run } = report;
  return [
    ...(users.length === 0 ? [] : [firedLine(users)]),
    ...coverageLines(report.coverage, true).trimEnd().split("\n"),
    "",
    ...rows.flatMap(rowLines),
    ...leftOut(run.rowsLeftOut, "row"),
    ...users.flatMap(userLines),
    ...leftOut(run.usersLeftOut, "user"),
    ...run.usersUnseen.map((user) => `${visible(user)}: no row of this user was read.`),
    ...(rows.length + users.length + run.usersUnseen.length === 0
      ? [`Nothing to explain: none of ${run.rows} rows can contain a denial.`]
      : []),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

function firedLine(users: readonly ReportedUser[]): string {
  const fired = users.filter(({ rules }) => rules.some(({ missing }) => missing === null));
  const names = fired.map(({ user }) => visible(user));
  const who = fired.length === 0 ? "" : `: ${listed(names, namedUsers)}`;
  return `A rule fires on ${fired.length} of ${counted(users.length, "user")} shown${who}.`;
}

function leftOut(count: number, what: string): readonly string[] {
  return count === 0
    ? []
    : [`and ${count} more ${what}${count === 1 ? "" : "s"}; --limit or --user shows them.`, ""];
}

function rowLines(row: ReportedRow): readonly string[] {
  return [
    `${visible(row.place)}  ${shortTime(row.happenedAt ?? row.publishedAt)}  ${visible(row.user ?? "nobody")}  ${dialectWords[row.dialect]}, ResultType ${visible(row.resultType)}`,
    `  ${fateOfRow(row)}`,
    ...readByLines(row),
    ...row.texts.flatMap(textLines),
    ...row.approvals.map(({ at, in: where }) => `  approval at ${shortTime(at)} (${where})`),
    "",
  ];
}

/** Returns the names under which its fields were found. JSON also lists the usual ones. */
function readByLines({ readBy, conflicts }: ReportedRow): readonly string[] {
  const all = Object.entries(readBy);
  const renamed = all.filter(([field, name]) => name !== field);
  const usual = all.length - renamed.length;
  const names = [
    ...renamed.map(([field, name]) => `${field} from ${visible(name)}`),
    ...(usual === 0 ? [] : [`${counted(usual, "field")} under the usual name`]),
  ];
  return [
    ...(names.length === 0 ? [] : [`  read: ${names.join(", ")}`]),
    ...(conflicts.length === 0
      ? []
      : [`  two values under names of one meaning, the exact name wins: ${conflicts.join(", ")}`]),
  ];
}

function fateOfRow({ setAside, bad, candidate, unclassified }: ReportedRow): string {
  if (setAside !== null) {
    return setAsideWords[setAside];
  }
  if (bad !== null) {
    return `bad: ${bad}`;
  }
  const silent = unclassified ? "; unclassified: no text gives the outcome of a prompt" : "";
  return `candidate by its ${candidate}${silent}`;
}

function textLines(text: ReportedText): readonly string[] {
  const time = text.at === null ? "no readable time" : `${shortTime(text.at)} (${text.timeFrom})`;
  const told = `  ${text.in}: ${text.outcome}, "${visible(text.text)}"`;
  const { prompt } = text;
  if (prompt === null) {
    return [told];
  }
  const number = prompt.number === null ? "" : `prompt ${prompt.number}, `;
  return [told, `    ${time}; ${number}${identityWords[prompt.by]}${fates(text)}`];
}

function fates({ rules }: ReportedText): string {
  const by = (fate: string) =>
    Object.entries(rules)
      .filter(([, each]) => each === fate)
      .map(([id]) => id)
      .join(", ");
  const said = [
    ["counted by", by("counted")],
    ["not counted by", by("other-outcome")],
    ["excluded by", by("excluded")],
  ].filter(([, ids]) => ids !== "");
  return said.map(([words, ids]) => `; ${words} ${ids}`).join("");
}

function userLines(user: ReportedUser): readonly string[] {
  const outcomes = promptOutcomes.flatMap((outcome) => {
    const count = user.prompts[outcome] ?? 0;
    return count === 0 ? [] : [`${count} ${outcome}`];
  });
  const approvals = user.approvals.slice(0, namedApprovals).map(({ at }) => shortTime(at));
  const rest = user.approvals.length - approvals.length + user.approvalsLeftOut;
  const more = rest === 0 ? [] : [`${rest} more`];
  return [
    `${visible(user.user)}${user.tenantId === null ? "" : ` of tenant ${visible(user.tenantId)}`}`,
    `  prompts: ${outcomes.join(", ") || "none"}; approvals: ${[...approvals, ...more].join(", ") || "none"}`,
    ...user.rules.flatMap(ruleLines),
    "",
  ];
}

function ruleLines(rule: ReportedRule): readonly string[] {
  const { densest, missing } = rule;
  return [
    `  ${rule.rule}: ${rule.firesOn}`,
    `    ${missing === null ? "FIRED" : `did not fire; missing: ${missing.words}`}`,
    ...(densest === null
      ? []
      : [
          `    ${counted(rule.denials, "denial")}, at most ${densest.denials} in one window: ${span(densest)}`,
        ]),
    ...rule.runs.map(runLine),
    ...(rule.runsLeftOut === 0 ? [] : [`    and ${counted(rule.runsLeftOut, "run")} more`]),
  ];
}

function runLine(run: ReportedRun): string {
  const { finding } = run;
  const outcome =
    finding === null
      ? `missing: ${run.missing?.words ?? ""}`
      : `FIRED at ${shortTime(finding.triggeredAt)}, ${finding.severity}${
          finding.approval === null
            ? ""
            : `, approved at ${shortTime(finding.approval.at)} (${finding.approval.match})`
        }, incident ${finding.incidentId}`;
  return `    run of ${counted(run.denials, "denial")}, ${span(run)}: ${outcome}`;
}

function span({ from, to }: { readonly from: string; readonly to: string }): string {
  return from === to ? shortTime(from) : `${shortTime(from)} to ${shortTime(to)}`;
}

/** Shows milliseconds only if there are any. */
function shortTime(iso: string | null): string {
  return iso === null ? "no time" : iso.replace("T", " ").replace(/(?:\.000)?Z$/, "");
}
