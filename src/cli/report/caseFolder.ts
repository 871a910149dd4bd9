import { outcomeWords } from "../../detection/incidents/outcomeWords.ts";
import { refusedWord } from "../../detection/rules/ruleText.ts";
import { shownName } from "../../detection/signin/account.ts";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { formatTime } from "../../detection/signin/time.ts";
import type { Reported } from "../../run/detectRecords.ts";
import { csvCell } from "../detect/csvText.ts";

export interface CaseContent {
  /** In the format of `detect --format json`. */
  readonly report: unknown;
  readonly findings: readonly Reported[];
  /** The rows that show the refused prompts, as read from the logs. */
  readonly rows: readonly object[];
  readonly madeAt: number;
}

/** Writes the files of a case besides the page. @returns their names */
export async function writeCase(folder: string, content: CaseContent): Promise<readonly string[]> {
  const files = {
    "timeline.csv": timelineCsv(content.findings),
    "findings.json": `${JSON.stringify(content.report, null, 2)}\n`,
    "rows.ndjson": content.rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
    "README.txt": readme(content),
  };
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text);
  }
  return Object.keys(files);
}

/** Columns that Timesketch requires, then ours. */
const head =
  "message,datetime,timestamp_desc,timestamp,user,ip_address,application,severity,rule,incident_id";

interface TimelineRow {
  readonly at: number;
  readonly what: string;
  readonly message: string;
  readonly address: string | null;
  readonly application: string | null;
}

function timelineCsv(findings: readonly Reported[]): string {
  const rows = findings.flatMap((reported) =>
    eventsOf(reported).map((event) => ({ event, reported })),
  );
  const lines = rows
    .toSorted((a, b) => a.event.at - b.event.at)
    .map(({ event, reported: { subject, rule, finding, decision } }) =>
      [
        event.message,
        formatTime(event.at),
        event.what,
        String(event.at * 1000),
        shownName(subject),
        event.address ?? "",
        event.application ?? "",
        finding.facts.severity,
        rule.id,
        decision.burst.id,
      ]
        .map(csvCell)
        .join(","),
    );
  return [head, ...lines].map((line) => `${line}\r\n`).join("");
}

function eventsOf({ subject: { user }, finding }: Reported): readonly TimelineRow[] {
  const { denials, facts, context } = finding;
  const events: TimelineRow[] = denials.map(({ at, outcome, sightings }) => ({
    at,
    what: `MFA prompt ${outcomeWords[outcome]}`,
    message: `${user} ${refusedWord([outcome])} an MFA prompt`,
    address: sightings[0]?.origin.ipAddress ?? null,
    application: sightings[0]?.origin.application ?? null,
  }));
  if (facts.approval !== null) {
    const message = `${user} approved an MFA prompt after the refusals (${facts.approval.match})`;
    events.push({
      at: facts.approval.at,
      what: "MFA prompt approved",
      message,
      address: null,
      application: null,
    });
  }
  for (const { at, user: who, ipAddress, application } of context?.successes ?? []) {
    events.push({
      at,
      what: "Sign-in succeeded",
      message: `${who} signed in`,
      address: ipAddress,
      application,
    });
  }
  for (const { at, what, detail, address } of context?.followed ?? []) {
    const message = detail === null ? what : `${what}: ${detail}`;
    events.push({ at, what: "Account activity", message, address, application: null });
  }
  return events;
}

function readme({ findings, rows, madeAt }: CaseContent): string {
  return [
    `Case folder, made by mfa-deny ${__VERSION__} at ${formatTime(madeAt)}.`,
    "",
    `findings.json  ${findings.length} findings, as \`mfa-deny detect --format json\` prints them`,
    "timeline.csv   one event per line, for Timesketch or a spreadsheet; times are UTC, timestamp in microseconds",
    `rows.ndjson    ${rows.length} sign-in rows that show the refused prompts`,
    "",
    "The hashes of the logs that were read are in the report page.",
    "",
  ].join("\n");
}
