import { toDetectReport, type DetectReport } from "../../src/cli/detect/detectReport.ts";
import { allNames, type Account, type RowAccount } from "../../src/detection/signin/account.ts";
import { classify } from "../../src/detection/signin/classify.ts";
import type { Fields } from "../../src/detection/signin/fields.ts";
import { presets } from "../../src/detection/rules/presets.ts";
import type { Approval } from "../../src/detection/signin/sighting.ts";
import { detectRecords } from "../../src/run/detectRecords.ts";
import { wholly } from "../../src/run/extract.ts";
import { PassingLedger } from "../../src/run/passingLedger.ts";
import { MemoryStore } from "../../src/state/memoryStore.ts";
import { unplaced, type SignInFiles } from "../../src/run/signInFiles.ts";
import { digestOf } from "../frame/digest.ts";

const run = {
  rules: presets.filter(({ mode }) => mode === "on"),
  asOf: null,
  from: -Infinity,
  to: Infinity,
  onBad(reason: string) {
    throw new Error(`a generated row is bad: ${reason}`);
  },
};

/** The detector's own judgement of files. */
export async function judge(files: SignInFiles): Promise<DetectReport> {
  const state = { store: new MemoryStore(), ledger: new PassingLedger() };
  return toDetectReport(await detectRecords(files, state, run));
}

/** Returns rows of these users that may contain approvals. Names are in lower case. */
export type LookForApprovals = (
  users: ReadonlySet<string>,
) => AsyncIterable<readonly Fields[]> | Iterable<readonly Fields[]>;

/**
 * Judges the rows that a candidate found: first the rows that may contain a denial, then the approvals of users on
 * whom a rule fires. All candidates do this, so they differ only in how they find rows, and their results can be
 * compared.
 */
export function judgeRows(
  candidates: AsyncIterable<readonly Fields[]>,
  look: LookForApprovals,
): Promise<DetectReport> {
  return judge({ ...wholly(asEntries(candidates)), approvals: (wanted) => read(look, wanted) });
}

async function* asEntries(batches: AsyncIterable<readonly Fields[]>) {
  for await (const batch of batches) {
    yield batch.map(unplaced);
  }
}

async function* read(
  look: LookForApprovals,
  accounts: readonly Account[],
): AsyncGenerator<readonly [RowAccount, Approval]> {
  for await (const rows of look(new Set(accounts.flatMap(allNames)))) {
    for (const row of rows) {
      const { account, approvals } = classify(row);
      yield* account === null ? [] : approvals.map((approval) => [account, approval] as const);
    }
  }
}

/**
 * Returns a short name of findings, to compare candidates. Contexts are left out: they depend on rows that not all
 * candidates read.
 */
export function findingsDigest({ findings }: Pick<DetectReport, "findings">): string {
  if (findings.length === 0) {
    throw new Error("nothing was found, so nothing is compared");
  }
  return digestOf(findings.map((each) => ({ ...each, context: null })));
}
