import { Readable } from "node:stream";
import { InputError } from "../../../logs/files/inputError.ts";
import { readRecords } from "../../../logs/files/readRecords.ts";
import type { Place } from "../../../run/signInFiles.ts";
import { TempLedger } from "../../../state/disk/tempLedger.ts";
import { detectRecords } from "../../../run/detectRecords.ts";
import { wholly } from "../../../run/extract.ts";
import type { LogEntry } from "../../../run/signInFiles.ts";
import { MemoryStore } from "../../../state/memoryStore.ts";
import { explainRecords } from "../../../run/explainRecords.ts";
import { toExplainReport } from "../../explain/explainReport.ts";
import { ProblemsError } from "../../problemsError.ts";
import { toDetectReport } from "../../detect/detectReport.ts";
import { compareFindings } from "./compareFindings.ts";
import type { Scenario } from "./readScenarios.ts";
import { momentOf } from "./scenario.ts";
import { scenarioRows } from "./scenarioRows.ts";

export interface ScenarioOutcome {
  readonly scenario: Scenario;
  /** Differences between the expected findings and the actual ones, one line each. Empty if there are none. */
  readonly differences: readonly string[];
}

/**
 * Runs the detector on a scenario's rows, as on rows of a file.
 *
 * @throws ProblemsError if its rows are not a sign-in log at all
 */
export async function runScenario(scenario: Scenario): Promise<ScenarioOutcome> {
  const unusable: string[] = [];
  const run = {
    rules: [scenario.rule],
    asOf: scenario.asOf === undefined ? null : momentOf(scenario.asOf, scenario.day),
    onBad: (reason: string, { index }: Place) =>
      unusable.push(`rows${index === null ? "" : `[${index}]`}: ${reason}`),
  };
  const report = await withLedger((ledger) =>
    detectRecords(
      wholly(entriesOf(scenario)),
      { store: new MemoryStore(), ledger },
      { ...run, from: -Infinity, to: Infinity },
    ),
  );
  const differences = compareFindings(scenario, toDetectReport(report).findings);
  const lacking = differences.length === 0 ? [] : await explainLacking(scenario, run);
  return { scenario, differences: [...unusable, ...differences, ...lacking] };
}

async function* entriesOf(scenario: Scenario): AsyncGenerator<readonly LogEntry[]> {
  const { rows, place } = scenario;
  if (rows !== undefined) {
    const stdin = Readable.from([Buffer.from(JSON.stringify(rows))]);
    try {
      yield* readRecords([{ source: "-", path: null, bytes: null }], { stdin });
    } catch (error) {
      throw error instanceof InputError
        ? new ProblemsError([`${place}: rows are not a sign-in log of a known shape`], {
            cause: error,
          })
        : error;
    }
  }
  yield scenarioRows(scenario).map((record, index) => ({
    kind: "record",
    record,
    place: { source: "-", line: null, index },
  }));
}

/** Returns what the expected users still lack for a finding. */
async function explainLacking(
  scenario: Scenario,
  run: Pick<Parameters<typeof explainRecords>[2], "rules" | "asOf">,
): Promise<readonly string[]> {
  const users = [...new Set(scenario.expect.map(({ user }) => user.trim().toLowerCase()))];
  const limit = Math.max(1, users.length);
  const explained = await withLedger((ledger) =>
    explainRecords(entriesOf(scenario), ledger, { ...run, users, limit, onBad: () => {} }),
  );
  const report = toExplainReport(explained, limit);
  return [
    ...report.users.flatMap(({ user, rules }) =>
      rules.flatMap(({ missing }) => (missing === null ? [] : [`${user} lacks ${missing.words}`])),
    ),
    ...report.run.usersUnseen.map((user) => `${user} is in no row`),
  ];
}

async function withLedger<T>(use: (ledger: TempLedger) => Promise<T>): Promise<T> {
  const ledger = new TempLedger();
  try {
    return await use(ledger);
  } finally {
    await ledger.close();
  }
}
