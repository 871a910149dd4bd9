import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { onTestFinished } from "vitest";
import { run } from "../../src/cli/run.ts";
import type { CoverageReport } from "../../src/cli/verdict/coverageReport.ts";
import { denied, password, row, time, type Row, type RowOptions } from "../builders.ts";

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Surroundings {
  readonly stdin?: string | Buffer;
  /** Whether standard output and error are a terminal, and how wide it is. */
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly now?: () => number;
  readonly signal?: AbortSignal;
}

/** The command line with a terminal of paper. */
export async function cli(
  args: readonly string[],
  {
    stdin = "",
    isTTY = false,
    columns = 80,
    env = {},
    now = Date.now,
    signal = new AbortController().signal,
  }: Surroundings = {},
): Promise<Ended> {
  let out = "";
  let err = "";
  const code = await run(args, {
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout: { isTTY, columns, write: (text) => (out += text) },
    stderr: { isTTY, write: (text) => (err += text) },
    env,
    now,
    signal,
  });
  return { code, out, err };
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mfa-deny-cli-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function writeRows(path: string, rows: readonly Row[]): string {
  writeFileSync(path, rows.map((each) => `${JSON.stringify(each)}\n`).join(""));
  return path;
}

/** Rows on standard input. */
export function ndjson(rows: readonly Row[]): string {
  return rows.map((each) => `${JSON.stringify(each)}\n`).join("");
}

/** A denial every two minutes, each in a request of its own. */
export function denials(
  from: string,
  count: number,
  more?: Omit<RowOptions, "at" | "steps">,
): readonly Row[] {
  return Array.from({ length: count }, (_, index) => {
    const at = time(from) + index * 120_000;
    return row({ ...more, at, steps: [password(at - 20_000), denied(at)] });
  });
}

export interface Finding {
  readonly incidentId: string;
  readonly rule: string;
  readonly user: string;
  readonly denials: number;
  readonly atLeast: boolean;
  readonly fraudReports: number;
  readonly firstDenialAt: string;
  readonly triggeredAt: string;
  readonly lastDenialAt: string;
  readonly severity: string;
  readonly approval: { readonly at: string; readonly match: string | null } | null;
  readonly action: string;
  readonly reason: string;
  readonly guest: boolean;
  readonly rules: readonly string[];
  readonly context: unknown;
}

export interface Report {
  readonly run: {
    readonly rows: number;
    readonly classified: number;
    readonly setAside: Readonly<Record<string, number>>;
    readonly badRecords: number;
    readonly unclassified: number;
    readonly denials: number;
    readonly excludedBy: Readonly<Record<string, number>>;
    readonly partial: boolean;
  };
  readonly coverage: CoverageReport;
  readonly findings: readonly Finding[];
  readonly notOpened: readonly {
    readonly rule: string;
    readonly user: string;
    readonly userId: string | null;
    readonly reason: string;
  }[];
}

/** The report of a run that ends well. */
export async function detect(
  args: readonly string[],
  surroundings?: Surroundings,
): Promise<Report> {
  const { code, out, err } = await cli(["detect", "--format", "json", ...args], surroundings);
  if (code !== 0) {
    throw new Error(`exit code ${code}: ${err}`);
  }
  return JSON.parse(out) as Report;
}

/** Findings as "user count action (reason)". */
export function inShort({ findings }: Report): readonly string[] {
  return findings.map((each) => `${each.user} ${each.denials} ${each.action} (${each.reason})`);
}

/** An object without some of its keys. */
export function without<T extends object>(fields: T, ...names: readonly string[]): Partial<T> {
  const kept = Object.entries(fields).filter(([name]) => !names.includes(name));
  return Object.fromEntries(kept) as Partial<T>;
}
