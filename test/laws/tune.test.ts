import fc from "fast-check";
import { expect, it } from "vitest";

import { cellsOf, type Grid } from "../../src/detection/bursts/grid.ts";
import { readContextSignIn } from "../../src/detection/context/signInRow.ts";
import type { Rule } from "../../src/detection/rules/rule.ts";
import { isTakenOver } from "../../src/detection/decisions/severity.ts";
import { accountKey } from "../../src/detection/signin/account.ts";
import { exampleDay } from "../../src/tenant/example.ts";
import { benignRates, generateTenant } from "../../src/tenant/tenant.ts";
import { detectRecords, type Reported } from "../../src/run/detectRecords.ts";
import { triedGrid } from "../../src/run/triedGrid.ts";
import { noLabels } from "../../src/run/incidentLabels.ts";
import { tuneRecords, type TunedCell } from "../../src/run/tuneRecords.ts";
import { MemoryStore } from "../../src/state/memoryStore.ts";
import { wholly } from "../../src/run/extract.ts";
import { unplaced, type SignInFiles } from "../../src/run/signInFiles.ts";
import { denyThenApprove, explicitDeny, minute } from "../run/bench.ts";
import { cases } from "../cases.ts";
import { rowsArbitrary } from "./arbitraries.ts";
import { law, MemoryLedger } from "./runs.ts";

type Rows = readonly Readonly<Record<string, unknown>>[];

function filesOf(rows: Rows): SignInFiles {
  async function* entries() {
    yield rows.map(unplaced);
  }
  async function* related() {
    for (const record of rows) {
      const signIn = readContextSignIn(record);
      if (signIn !== null) {
        yield { kind: "signIn" as const, signIn };
      }
    }
  }
  return { ...wholly(entries()), related };
}

const memory = () => ({ store: new MemoryStore(), ledger: new MemoryLedger() });
const quiet = { asOf: null, onBad: () => {} };

/** What `tune` says of a cell, by one run of `detect` with the cell's numbers. */
async function detected(rows: Rows, rule: Rule) {
  const all = { ...quiet, rules: [rule], from: -Infinity, to: Infinity };
  const { findings } = await detectRecords(filesOf(rows), memory(), all);
  const count = (is: (each: Reported) => boolean) => findings.filter(is).length;
  const isApproved = ({ finding }: Reported) => finding.facts.approval !== null;
  const isReported = ({ finding: { facts, context } }: Reported) =>
    facts.fraudReports > 0 || (context?.reports.length ?? 0) > 0;
  const isTaken = ({ finding: { facts, context } }: Reported) =>
    context !== null && isTakenOver(context, facts.triggeredAt);
  const waits = findings.map(({ finding: { facts } }) => facts.triggeredAt - facts.firstDenialAt);
  return {
    findings: findings.length,
    users: new Set(findings.map(({ subject }) => accountKey(subject))).size,
    approved: count(isApproved),
    reported: count(isReported),
    takenOver: count(isTaken),
    harmful: count((each) => isApproved(each) || isReported(each) || isTaken(each)),
    usualOrigin: count(({ finding }) => finding.context?.origins.verdict === "usual"),
    triggerMs:
      waits.length === 0 ? null : waits.reduce((sum, wait) => sum + wait, 0) / waits.length,
  };
}

async function tuned(rows: Rows, rule: Rule, grid: Grid): Promise<readonly TunedCell[]> {
  const { cells } = await tuneRecords(filesOf(rows), memory(), {
    ...quiet,
    rule,
    current: [],
    grid,
    labels: noLabels,
    context: true,
  });
  return cells;
}

async function expectEqual(rows: Rows, rule: Rule, grid: Grid): Promise<number> {
  const cells = await tuned(rows, rule, grid);
  for (const [index, setting] of cellsOf(grid).entries()) {
    const cell = await detected(rows, { ...rule, ...setting });
    if (cells.length > 0) {
      expect({ ...setting, ...cell }).toEqual({ ...setting, ...pick(cells[index]!, cell) });
    } else {
      expect(cell.findings).toBe(0);
    }
  }
  return cells.reduce((sum, { findings }) => sum + findings, 0);
}

function pick(cell: TunedCell, like: object) {
  return Object.fromEntries(Object.entries(cell).filter(([name]) => name in like));
}

const grid: Grid = {
  kinds: ["sliding", "tumbling"],
  windowsMs: [minute, 15 * minute, 60 * minute, 1_440 * minute],
  mostDenials: 6,
};

it("every cell is a detect with its numbers, on random rows", async () => {
  let found = 0;
  await law(
    fc.asyncProperty(
      rowsArbitrary(),
      fc.constantFrom(explicitDeny, denyThenApprove),
      async (rows, rule) => {
        const small = { ...grid, windowsMs: [minute, 15 * minute], mostDenials: 3 };
        found += await expectEqual(rows, rule, small);
      },
    ),
    60,
  );
  expect(found).toBeGreaterThan(cases(30));
}, 120_000);

const kinds = [
  "approved",
  "fraud-report",
  "two-then-approve",
  "bucket-edge",
  "late",
  "duplicates",
] as const;

it("every cell is a detect with its numbers, on random tenants", async () => {
  let found = 0;
  await law(
    fc.asyncProperty(
      fc.record({
        seed: fc.integer({ min: 1 }),
        attacks: fc.subarray([...kinds], { minLength: 2 }),
        benign: fc.subarray([...benignRates]),
        rule: fc.constantFrom(explicitDeny, denyThenApprove),
      }),
      async ({ rule, ...made }) => {
        const tenant = generateTenant({
          ...made,
          users: 20,
          days: 12,
          startAt: Date.UTC(2026, 2, 1),
          signInsPerUserPerDay: 3,
        });
        const rows = Array.from(tenant.rows(), ({ row }) => row);
        found += await expectEqual(rows, rule, { ...grid, mostDenials: 3 });
      },
    ),
    2,
  );
  expect(found).toBeGreaterThan(20);
}, 300_000);

it("every cell of the whole grid is a detect with its numbers, on the example", async () => {
  const { rows } = exampleDay();
  // The rows that can matter, of users who refused, so that every cell can be a run of its own.
  const telling = rows.filter(({ AuthenticationDetails, Status }) =>
    /declined|Suspicious|successfully/.test(
      `${String(AuthenticationDetails)}${JSON.stringify(Status)}`,
    ),
  );
  const refusing = new Set(
    telling.filter(({ ResultType }) => ResultType === "500121").map(({ UserId }) => UserId),
  );
  const few = telling.filter(({ UserId }) => refusing.has(UserId));
  expect(cellsOf(triedGrid)).toHaveLength(360);
  expect(await expectEqual(few, explicitDeny, triedGrid)).toBeGreaterThan(1_000);
}, 300_000);
