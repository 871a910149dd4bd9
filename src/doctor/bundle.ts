import type { Fields } from "../detection/signin/fields.ts";
import { readSignIn, type SignIn } from "../detection/signin/signIn.ts";
import { readTexts } from "../detection/signin/sighting.ts";
import { formatTime, readTime } from "../detection/signin/time.ts";
import type { Workspace } from "../settings/settings.ts";
import type { Line } from "./line.ts";
import { Mask } from "../detection/signin/mask.ts";
import { percentiles } from "./percentiles.ts";
import type { Probe, QueryAnswer } from "./probe.ts";

const dayMs = 86_400_000;
const sampleRows = 5_000;
const mostTexts = 100;
const longestText = 200;

/** Facts about a tenant that a maintainer needs and that are safe to share: structure and counts, never a row. */
export interface Bundle {
  readonly version: string;
  readonly node: string;
  /** Names of the settings that have a value, without values. */
  readonly settings: readonly string[];
  readonly lines: readonly Line[];
  readonly workspaces: readonly WorkspaceShape[];
}

interface WorkspaceShape {
  /** Column → type of `SigninLogs`. */
  readonly columns: Readonly<Record<string, string>>;
  /** The error code if the sample could not be read. */
  readonly refused: string | null;
  readonly rows: number;
  /** Result texts of MFA steps and `Status` with their classes, most frequent first. */
  readonly texts: readonly {
    readonly text: string;
    readonly outcome: string;
    readonly count: number;
  }[];
  /** Share of steps with a `RequestSequence` in epoch milliseconds. */
  readonly sequenced: number | null;
  /** For requests with several rows: the number of steps in each row, oldest row first → the number of requests. */
  readonly stepGrowth: Readonly<Record<string, number>>;
  /** In milliseconds. */
  readonly gaps: {
    readonly happenedToGenerated: ReturnType<typeof percentiles>;
    readonly generatedToIngested: ReturnType<typeof percentiles>;
  };
}

/** @param given names of the settings in the environment */
export async function collectBundle(
  probe: Probe,
  given: readonly string[],
  lines: readonly Line[],
): Promise<Bundle> {
  const mask = new Mask();
  const workspaces: WorkspaceShape[] = [];
  for (const workspace of probe.settings.workspaces) {
    workspaces.push(await shapeOf(probe, workspace, mask));
  }
  return {
    version: __VERSION__,
    node: process.version,
    settings: given.toSorted(),
    lines: lines.map((line) => maskLine(line, probe.settings.workspaces, mask)),
    workspaces,
  };
}

function maskLine(line: Line, workspaces: readonly Workspace[], mask: Mask): Line {
  const index = workspaces.findIndex(({ name }) => name === line.workspace);
  return {
    ...line,
    workspace: index < 0 ? null : `workspace ${index + 1}`,
    says: mask.apply(line.says),
    cure: line.cure === null ? null : mask.apply(line.cure),
  };
}

async function shapeOf(probe: Probe, workspace: Workspace, mask: Mask): Promise<WorkspaceShape> {
  const schema = await probe.query(
    workspace,
    "SigninLogs | getschema | project ColumnName, ColumnType",
  );
  const sample = await probe.query(
    workspace,
    `SigninLogs | where TimeGenerated >= datetime(${formatTime(probe.now() - dayMs)})` +
      ` | where AuthenticationDetails contains "MFA" or ResultType == "500121" | take ${sampleRows}` +
      " | extend Ingested = ingestion_time()",
  );
  const rows = rowsOf(sample);
  const signIns = rows.map(readSignIn);
  return {
    columns: Object.fromEntries(
      rowsOf(schema).map((row) => [String(row["ColumnName"]), String(row["ColumnType"])]),
    ),
    refused: sample.kind === "refused" ? sample.code : null,
    rows: rows.length,
    texts: countTexts(signIns, mask),
    sequenced: sequencedShare(signIns),
    stepGrowth: growthOf(rows, signIns),
    gaps: {
      happenedToGenerated: percentiles(
        rows.map((row) => between(row, "CreatedDateTime", "TimeGenerated")),
      ),
      generatedToIngested: percentiles(
        rows.map((row) => between(row, "TimeGenerated", "Ingested")),
      ),
    },
  };
}

function rowsOf(answer: QueryAnswer): readonly Fields[] {
  return answer.kind === "rows" ? answer.rows : [];
}

function between(row: Fields, from: string, to: string): number {
  return (readTime(row[to]) ?? NaN) - (readTime(row[from]) ?? NaN);
}

function countTexts(signIns: readonly SignIn[], mask: Mask): WorkspaceShape["texts"] {
  const counts = new Map<string, { text: string; outcome: string; count: number }>();
  for (const signIn of signIns) {
    for (const { text, outcome } of readTexts(signIn)) {
      const shown = mask.apply(text).slice(0, longestText);
      const entry = counts.get(shown) ?? { text: shown, outcome, count: 0 };
      counts.set(shown, { ...entry, count: entry.count + 1 });
    }
  }
  return [...counts.values()].toSorted((a, b) => b.count - a.count).slice(0, mostTexts);
}

function sequencedShare(signIns: readonly SignIn[]): number | null {
  const steps = signIns.flatMap((signIn) => signIn.steps);
  return steps.length === 0
    ? null
    : steps.filter(({ askedAt }) => askedAt !== null).length / steps.length;
}

/** Shows whether step arrays accumulate over the rows of a request. */
function growthOf(
  rows: readonly Fields[],
  signIns: readonly SignIn[],
): Readonly<Record<string, number>> {
  const byRequest = new Map<string, { readonly at: number; readonly steps: number }[]>();
  for (const [index, { request, steps }] of signIns.entries()) {
    if (request !== "") {
      const at = readTime(rows[index]?.["TimeGenerated"]) ?? 0;
      byRequest.set(request, [...(byRequest.get(request) ?? []), { at, steps: steps.length }]);
    }
  }
  const growth = new Map<string, number>();
  for (const seen of byRequest.values()) {
    if (seen.length > 1) {
      const ordered = seen.toSorted((a, b) => a.at - b.at).slice(0, 10);
      const key = ordered.map(({ steps }) => steps).join(" → ");
      growth.set(key, (growth.get(key) ?? 0) + 1);
    }
  }
  return Object.fromEntries([...growth].toSorted(([, a], [, b]) => b - a).slice(0, 50));
}
