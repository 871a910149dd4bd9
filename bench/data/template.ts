import { classify } from "../../src/detection/signin/classify.ts";
import type { SigninRow } from "../../src/tenant/row.ts";
import { generateTenant } from "../../src/tenant/tenant.ts";

const startAt = Date.UTC(2026, 2, 10);
const day = 86_400_000;
export const seed = 20_261_122;

/** The rows of a made-up tenant's day, by their relevance for a detector. */
export interface Day {
  /** May contain a denial: refusals, time-outs, wrong codes and every other end of a prompt. */
  readonly candidates: readonly SigninRow[];
  /** The candidates that show a refusal. */
  readonly denials: readonly SigninRow[];
  readonly others: readonly SigninRow[];
}

export function generateDay(): Day {
  const tenant = generateTenant({ seed, users: 150, days: 1, startAt, signInsPerUserPerDay: 30 });
  const candidates: SigninRow[] = [];
  const denials: SigninRow[] = [];
  const others: SigninRow[] = [];
  for (const { row: whole } of tenant.rows()) {
    const row = ofUsualSize(whole);
    const taken = classify(row);
    if (taken.kind === "setAside" && taken.reason === "notCandidate") {
      others.push(row);
    } else {
      candidates.push(row);
      if (taken.sightings.some(({ outcome }) => isRefusal(outcome))) {
        denials.push(row);
      }
    }
  }
  return { candidates, denials, others };
}

function isRefusal(outcome: string): boolean {
  return outcome === "denied" || outcome === "fraudReported";
}

/** Drops the longest unread columns, so that a row is as long as in tenants with few policies: 2.8 KB. */
function ofUsualSize(row: SigninRow): SigninRow {
  const {
    ConditionalAccessPolicies: _policies,
    AuthenticationProcessingDetails: _processing,
    ...rest
  } = row;
  return rest;
}

/** A text that can be written repeatedly, each time a day later and with new requests. */
export interface Template {
  readonly bytes: Buffer;
  readonly rows: number;
  /** Changes the text to that of another day. */
  readonly turnTo: (turn: number) => void;
}

/** Creates a template with the given number of copies of each row, in order of time. */
export function templateOf(
  parts: readonly { readonly rows: readonly SigninRow[]; readonly times: number }[],
): Template {
  const lines = parts.flatMap(({ rows, times }) =>
    rows.flatMap((row) => {
      const text = JSON.stringify(row);
      const at = String(row["TimeGenerated"]);
      return Array.from({ length: times }, (_, copy) => ({ at, text: marked(text, copy) }));
    }),
  );
  const sorted = lines.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const bytes = Buffer.from(sorted.map(({ text }) => `${text}\n`).join(""));
  return { bytes, rows: sorted.length, turnTo: turner(bytes) };
}

const copyDigits = 3;
const turnDigits = 5;

/** Each copy belongs to another user. The first eight digits of its request ids identify the copy and the day. */
function marked(text: string, copy: number): string {
  const number = copy.toString(16).padStart(copyDigits, "0");
  const requests = text.replace(
    /("(?:Id|OriginalRequestId|CorrelationId)":")[\da-f]{8}/g,
    `$1${number}${"0".repeat(turnDigits)}`,
  );
  return copy === 0
    ? requests
    : requests
        .replace(/("UserPrincipalName":"[^"@]*)@/g, `$1.${number}@`)
        .replace(/("UserId":")[\da-f]{3}/g, `$1${number}`);
}

/** Overwrites the day wherever it appears. Its length is the same every day. */
function turner(bytes: Buffer): (turn: number) => void {
  const text = bytes.toString("latin1");
  const found = (pattern: RegExp) =>
    [...text.matchAll(pattern)].map((match) => ({ at: match.index, text: match[0] }));
  const dates = found(/2026-03-(?:09|1\d)/g).map((each) => ({
    at: each.at,
    day: Date.parse(each.text),
  }));
  const epochs = found(/\b177[23]\d{9}\b/g).map((each) => ({ at: each.at, ms: Number(each.text) }));
  const marks = found(/(?<="(?:Id|OriginalRequestId|CorrelationId)":"[\da-f]{3})0{5}/g);
  return (turn) => {
    const mark = turn.toString(16).padStart(turnDigits, "0");
    const names = new Map<number, string>();
    for (const { at, day: from } of dates) {
      const name = names.get(from) ?? new Date(from + turn * day).toISOString().slice(0, 10);
      names.set(from, name);
      bytes.write(name, at, "latin1");
    }
    for (const { at, ms } of epochs) {
      bytes.write(String(ms + turn * day), at, "latin1");
    }
    for (const { at } of marks) {
      bytes.write(mark, at, "latin1");
    }
  };
}
