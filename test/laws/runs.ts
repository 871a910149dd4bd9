/** What the laws need to put the detector beside the oracle: rules, runs with a memory, and what they leave open. */
import fc from "fast-check";
import { expect } from "vitest";

import type { RowAccount } from "../../src/detection/signin/account.ts";
import { promptOutcomes } from "../../src/detection/signin/outcome.ts";
import type { RecordedBurst } from "../../src/detection/decisions/record.ts";
import { plainRule } from "../../src/detection/rules/ruleOf.ts";
import { severities, type Rule } from "../../src/detection/rules/rule.ts";
import type { Approval, Sighting } from "../../src/detection/signin/sighting.ts";
import { detectRecords, type RecordsReport } from "../../src/run/detectRecords.ts";
import { wholly } from "../../src/run/extract.ts";
import { MemoryStore } from "../../src/state/memoryStore.ts";
import type { Ledger, RecordedBindings, StateStore } from "../../src/run/ports.ts";
import { unplaced, type LogEntry } from "../../src/run/signInFiles.ts";
import {
  byTriggerThenUser,
  oracle,
  renamed,
  type OracleFinding,
  type OracleRule,
  type Row,
} from "./oracle.ts";
import { cases } from "../cases.ts";

/** The same rows every time, a share of them in `npm test`; `LAWS_SEED` and `LAWS_RUNS` (a factor) change that. */
export function law<T extends [unknown, ...unknown[]]>(
  property: fc.IAsyncPropertyWithHooks<T>,
  runs: number,
): Promise<void> {
  return fc.assert(property, {
    seed: Number(process.env["LAWS_SEED"] ?? 20_260_310),
    numRuns: cases(runs) * Number(process.env["LAWS_RUNS"] ?? 1),
  });
}

export function ruleOf(rule: OracleRule): Rule {
  return {
    ...plainRule,
    ...rule,
    family: rule.id,
    name: "Any rule",
    counted: promptOutcomes.filter((outcome) => rule.counted.includes(outcome)),
    techniques: [],
    message: "",
    knownFalsePositives: "",
    source: "",
  };
}

/** Keeps everything for the length of a test; there is nothing to commit. */
export class MemoryLedger implements Ledger {
  readonly #sightings: (readonly [RowAccount, Sighting])[] = [];
  readonly #approvals: (readonly [RowAccount, Approval])[] = [];
  #bindings: RecordedBindings = { names: [], unnamedTenant: null };

  bindings(): RecordedBindings {
    return this.#bindings;
  }

  bind(bindings: RecordedBindings): void {
    this.#bindings = bindings;
  }

  async *sightings() {
    yield* this.#sightings;
  }

  addSightings(sightings: Iterable<readonly [RowAccount, Sighting]>): void {
    this.#sightings.push(...sightings);
  }

  addApproval(account: RowAccount, approval: Approval): void {
    this.#approvals.push([account, approval]);
  }

  async *approvals(wanted: (account: RowAccount) => boolean) {
    yield* this.#approvals.filter(([account]) => wanted(account));
  }

  async commit(): Promise<void> {}
}

/** Runs that remember what the ones before them read and decided. */
export class Detector {
  readonly #store = new MemoryStore();
  readonly #ledger = new MemoryLedger();
  readonly #rules: readonly Rule[];

  constructor(...rules: readonly Rule[]) {
    this.#rules = rules;
  }

  run(
    rows: readonly Row[],
    asOf: number | null = null,
    rules: readonly Rule[] = this.#rules,
  ): Promise<RecordsReport> {
    return detectIn({ store: this.#store, ledger: this.#ledger }, rows, rules, asOf);
  }

  /** Everything that is recorded. */
  records(): readonly RecordedBurst[] {
    return this.#store.snapshot().heads.flatMap(({ bursts }) => bursts);
  }

  /** The records that are not merged into another. */
  live(): readonly Incident[] {
    return this.#store
      .snapshot()
      .heads.flatMap(({ subject, bursts }) =>
        bursts
          .filter((burst) => burst.mergedInto === null)
          .map((burst) => ({ tenantId: subject.tenantId, user: subject.user, burst })),
      );
  }
}

export interface Incident {
  readonly tenantId: string | null;
  readonly user: string;
  readonly burst: RecordedBurst;
}

/** One run over rows, with the memory of the runs before. */
export function detectIn(
  memory: { readonly store: StateStore; readonly ledger: Ledger },
  rows: readonly Row[],
  rules: readonly Rule[],
  asOf: number | null = null,
): Promise<RecordsReport> {
  return detectRecords(wholly(entriesOf(rows)), memory, {
    rules,
    asOf,
    from: -Infinity,
    to: Infinity,
    onBad: () => {},
  });
}

async function* entriesOf(rows: readonly Row[]): AsyncGenerator<readonly LogEntry[]> {
  yield rows.map(unplaced);
}

/** One run over everything. */
export function detectOnce(
  rows: readonly Row[],
  ...rules: readonly Rule[]
): Promise<RecordsReport> {
  return new Detector(...rules).run(rows);
}

/** A report's findings as the oracle writes its own. */
export function findingsOf(report: RecordsReport): OracleFinding[] {
  return report.findings
    .map(({ subject, finding }) => {
      const { atLeast: _, ...facts } = finding.facts;
      return { tenantId: subject.tenantId, user: subject.user, ...facts };
    })
    .toSorted(byTriggerThenUser);
}

export function sameAccount(
  a: { readonly tenantId: string | null; readonly user: string },
  b: { readonly tenantId: string | null; readonly user: string },
): boolean {
  return a.tenantId === b.tenantId && a.user === b.user;
}

/** Positive where `a` is the higher one. */
export function bySeverity(a: string, b: string): number {
  const names: readonly string[] = severities;
  return names.indexOf(a) - names.indexOf(b);
}

export function contains(
  outer: Pick<OracleFinding, "tenantId" | "user" | "firstDenialAt" | "lastDenialAt">,
  inner: OracleFinding,
): boolean {
  return (
    sameAccount(outer, inner) &&
    outer.firstDenialAt <= inner.firstDenialAt &&
    outer.lastDenialAt >= inner.lastDenialAt
  );
}

/**
 * Whether what some run could see was later replaced, rather than added to: a denial that is gone or has moved, or a
 * burst that came to less. `seen`: the rows that were known after each run, the last time all of them.
 */
export function wasReplaced(seen: readonly (readonly Row[])[], rule: OracleRule): boolean {
  const all = seen.at(-1) ?? [];
  // One finding for every instant at which something was denied.
  const instants = { ...rule, kind: "sliding", windowMs: 0, threshold: 1 } as const;
  const moments = { ...instants, approvalRequired: false };
  return [rule, moments].some((each) => {
    const final = oracle(all, each);
    return foundInEach(seen, each).some(
      (earlier) =>
        !final.some(
          (later) =>
            contains(later, earlier) &&
            later.denials >= earlier.denials &&
            later.fraudReports >= earlier.fraudReports &&
            bySeverity(later.severity, earlier.severity) >= 0,
        ),
    );
  });
}

/** What each run could find, under the names that its accounts have in the end. */
function foundInEach(seen: readonly (readonly Row[])[], rule: OracleRule): OracleFinding[] {
  const all = seen.at(-1) ?? [];
  return seen.flatMap((rows) => {
    const rename = renamed(rows, all);
    return rename === null ? [] : oracle(rows, rule).map(rename);
  });
}

/** Whether an account that some run saw turned out to be two: no law speaks of that. */
export function provedAmbiguous(seen: readonly (readonly Row[])[]): boolean {
  return seen.some((rows) => renamed(rows, seen.at(-1) ?? []) === null);
}

/** The law of runs: whatever was read in whichever runs, the incidents are those of one run over everything. */
export function expectEqualOutcome(
  detector: Detector,
  seen: readonly (readonly Row[])[],
  rule: OracleRule,
): "equal" | "replaced" | "ambiguous" {
  if (provedAmbiguous(seen)) {
    return "ambiguous";
  }
  const truth = oracle(seen.at(-1) ?? [], rule);
  const live = detector.live();
  const replaced = wasReplaced(seen, rule);
  if (!replaced) {
    expect(live.map(summary).toSorted()).toEqual(truth.map(summary).toSorted());
  }
  expectEachInOne(live, truth);
  // What was once found is never withdrawn, nor does its severity fall.
  for (const burst of foundInEach(seen, rule)) {
    const severity = live
      .filter((incident) => covers(incident, burst))
      .map((incident) => incident.burst.facts.severity);
    expect(severity).toHaveLength(1);
    expect(bySeverity(severity[0] ?? "", burst.severity)).toBeGreaterThanOrEqual(0);
  }
  expectApart(live, rule);
  return replaced ? "replaced" : "equal";
}

/** Every burst lies in one live incident, and that one describes it. */
export function expectEachInOne(live: readonly Incident[], bursts: readonly OracleFinding[]): void {
  for (const burst of bursts) {
    const around = live.filter((incident) => covers(incident, burst));
    expect(around.map((incident) => contains(factsOf(incident), burst))).toEqual([true]);
  }
}

/** Live extents of one user lie more than a window apart (buckets: do not adjoin). */
function expectApart(live: readonly Incident[], rule: OracleRule): void {
  for (const a of live) {
    for (const b of live) {
      if (a !== b && sameAccount(a, b) && a.burst.extent.from <= b.burst.extent.from) {
        expect(b.burst.extent.from - a.burst.extent.to).toBeGreaterThan(
          rule.kind === "sliding" ? rule.windowMs : 0,
        );
      }
    }
  }
}

function covers({ tenantId, user, burst }: Incident, finding: OracleFinding): boolean {
  const { from, to } = burst.extent;
  return contains({ tenantId, user, firstDenialAt: from, lastDenialAt: to }, finding);
}

function factsOf({ tenantId, user, burst }: Incident): OracleFinding {
  return { tenantId, user, ...burst.facts };
}

/** The parts of equal outcomes. */
export function summary(incident: Incident | OracleFinding): string {
  const { tenantId, user, firstDenialAt, lastDenialAt, triggeredAt, denials, severity } =
    "burst" in incident ? factsOf(incident) : incident;
  return JSON.stringify([
    tenantId,
    user,
    firstDenialAt,
    lastDenialAt,
    triggeredAt,
    denials,
    severity,
  ]);
}
