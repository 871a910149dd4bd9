import { closeSync, openSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { dataFolder } from "./folder.mjs";
import { made, type Log } from "./logs.ts";
import { generateDay, seed } from "./template.ts";

/** Increase it when the generator changes, so that older files are not reused. */
const version = 2;

export interface Flood {
  readonly bytes: number;
  /** Bursts of one or two rows, so that there is a finding for each at a threshold of one. */
  readonly bursts: number;
  readonly users: number;
  readonly days: number;
}

const startAt = Date.UTC(2026, 2, 10);
const day = 86_400_000;
const minute = 60_000;
const rowsPerWrite = 1_000;

/** Returns a log in which every row is a denial. Creates it if it does not exist. */
export function floodLog(flood: Flood): Log {
  const { bytes: wanted, bursts, users, days } = flood;
  const name = `flood-v${version}-${seed}-${bursts}-${users}-${days}d-${wanted}b.ndjson`;
  const path = made(join(dataFolder, name), (temporary) => write(temporary, flood));
  const { size: bytes } = statSync(path);
  return { path, bytes, plainBytes: bytes };
}

function write(path: string, { bytes, bursts, users, days }: Flood): void {
  const texts = generateDay().denials.map((row) => ({
    text: JSON.stringify(row),
    at: Date.parse(String(row["TimeGenerated"])),
  }));
  const length = texts.reduce((sum, { text }) => sum + text.length + 1, 0) / texts.length;
  const rows = Math.round(bytes / length);
  const file = openSync(path, "w");
  let lines = "";
  let lastBurst = -1;
  for (let index = 0; index < rows; index++) {
    const { text, at } = texts[index % texts.length] ?? { text: "", at: 0 };
    const burst = Math.floor((index * bursts) / rows);
    // Bursts are spread evenly over the days, and the rows of one are a minute apart.
    const to = startAt + (burst * days * day) / bursts + (burst === lastBurst ? minute : 0);
    lines += `${moved(text, Math.round(to) - at, burst % users, index)}\n`;
    lastBurst = burst;
    if ((index + 1) % rowsPerWrite === 0 || index + 1 === rows) {
      writeSync(file, lines);
      lines = "";
    }
  }
  closeSync(file);
}

/** Returns a row at another time, of another user and of a request of its own. */
function moved(text: string, byMs: number, user: number, request: number): string {
  const userMark = user.toString(16).padStart(8, "0");
  const requestMark = request.toString(16).padStart(8, "0");
  return text
    .replace(/2026-03-(?:09|1\d)T\d\d:\d\d:\d\d/g, (time) =>
      new Date(Date.parse(`${time}Z`) + byMs).toISOString().slice(0, 19),
    )
    .replace(/\b177[23]\d{9}\b/g, (ms) => String(Number(ms) + byMs))
    .replace(/("(?:Id|OriginalRequestId|CorrelationId)":")[\da-f]{8}/g, `$1${requestMark}`)
    .replace(/("UserPrincipalName":")[^"]*/g, `$1user.${userMark}@contoso.com`)
    .replace(/("UserId":")[^"]*/g, `$1${userMark}-3314-4098-bd4f-e7f3f8004a45`);
}
