import { countDenials } from "../detection/bursts/countDenials.ts";
import { cellsOf, sweepGrid, type Grid } from "../detection/bursts/grid.ts";
import { GridTally, type CellFigures } from "../detection/bursts/gridTally.ts";
import type { Windowing } from "../detection/bursts/windowing.ts";
import type { ContextOf } from "../detection/context/context.ts";
import { contextsOf } from "../detection/context/contextOf.ts";
import { addressesIn, distinct } from "../detection/context/origins.ts";
import type { Prompt } from "../detection/prompts/prompt.ts";
import type { Rule } from "../detection/rules/rule.ts";
import { allNames } from "../detection/signin/account.ts";
import { withoutExclusions } from "../detection/signin/scope.ts";
import { namesOf } from "./accountNames.ts";
import { collectContext } from "./collectContext.ts";
import { judgeCoverage, type Coverage, type CoverageLimits } from "./coverage.ts";
import { earlier, later } from "./coverageTally.ts";
import { gatherRecords, type FilesRun, type Gathered } from "./gatherRecords.ts";
import {
  labelledDenials,
  labelsOf,
  type IncidentLabel,
  type IncidentLabels,
  type LabelledDenials,
} from "./incidentLabels.ts";
import type { Suspect } from "./judgeSuspect.ts";
import type { ContextWish } from "./lookUpContext.ts";
import type { Ledger, StateStore } from "./ports.ts";
import type { SignInFiles } from "./signInFiles.ts";
import { marksOfBursts, touches, type MarksOf } from "./tuneAccount.ts";
import { CurrentRules, type CurrentFigures, type Hidden } from "./tuneCurrent.ts";

/** A run that tries many settings on files. */
export interface TuneRun extends Omit<FilesRun, "rules">, Omit<CoverageLimits, "rules"> {
  /** Every cell uses its counted outcomes and exclusions. Its threshold and window are replaced. */
  readonly rule: Rule;
  /** The rules in use today, for comparison with the cells. */
  readonly current: readonly Rule[];
  readonly grid: Grid;
  readonly labels: IncidentLabels;
  /** Whether to look up the context of bursts in the files. */
  readonly context: boolean;
}

/** A setting, and what it would have found. */
export interface TunedCell extends Windowing, CellFigures {
  /** Labelled attacks that it finds. */
  readonly attacksFound: number;
}

export interface TuneReport {
  readonly coverage: Coverage;
  /** Distinct prompts that the rule counts, and the users who refused them. */
  readonly denials: number;
  readonly users: number;
  /** From the first to the last row or denial, in epoch milliseconds; null if there are none. */
  readonly span: Span | null;
  readonly cells: readonly TunedCell[];
  readonly current: CurrentFigures;
  /** What each exclusion of the current rules would have hidden. */
  readonly hidden: readonly Hidden[];
  /** The number of labels of attacks, and of harmless incidents. */
  readonly attackLabels: number;
  readonly benignLabels: number;
  readonly labelled: readonly LabelledDenials[];
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Reads files once and reports what every setting of a grid would have found in them. */
export async function tuneRecords(
  files: SignInFiles,
  { store, ledger }: { readonly store: Pick<StateStore, "readHead">; readonly ledger: Ledger },
  run: TuneRun,
): Promise<TuneReport> {
  const { rule, current } = run;
  // Takes every account with a denial, whatever the rules exclude.
  const widest = { ...rule, threshold: 1, scope: withoutExclusions(rule.scope) };
  const gathered = await gatherRecords(
    files,
    { store, ledger },
    { ...run, rules: [widest, ...current] },
  );
  const { tally, counts, suspects, approvals } = gathered;
  const coverage = judgeCoverage(tally, counts, files.seen(), { ...run, rules: [rule] });
  const surveys = [...suspects].map(([key, suspect]) => survey(widest, key, suspect));
  const span = spanOf(coverage, surveys);
  const attacks = run.labels.labels.filter(({ isAttack }) => isAttack);
  const report = {
    coverage,
    span,
    attackLabels: attacks.length,
    benignLabels: run.labels.labels.length - attacks.length,
  };
  const cells = new Cells(run, span);
  const contexts = run.context ? await readContexts(files, surveys, run.asOf) : noContexts;
  const rules = new CurrentRules(
    { store, approvals, rules: current },
    { contexts, span, labels: run.labels },
  );
  for (const [key, suspect] of suspects) {
    cells.add(suspect, { key, contextOf: contexts.get(key), approvals });
    await rules.add(suspect);
  }
  return { ...report, ...cells.result(), current: rules.figures(), hidden: rules.hidden() };
}

const noContexts: ReadonlyMap<string, ContextOf> = new Map();

/** Returns what must be looked up for the denials of one account before they are judged. */
interface Survey {
  readonly key: string;
  readonly wish: ContextWish;
}

function survey(rule: Rule, key: string, suspect: Suspect): Survey {
  const { account } = suspect;
  const denials = countDenials(rule, account, suspect.sightings());
  return {
    key,
    wish: {
      names: namesOf(account, { denials, evidence: { userId: null } }),
      firstDenialAt: denials[0]?.at ?? Infinity,
      lastDenialAt: denials.at(-1)?.at ?? -Infinity,
      addresses: addressesIn({ denials, approvals: [], triggeredAt: NaN }),
    },
  };
}

/** Returns the span of the rows and denials. Steps can show denials that are older than all rows. */
function spanOf({ oldestRow, newestRow }: Coverage, surveys: readonly Survey[]): Span | null {
  const firsts = surveys.map(({ wish }) => wish.firstDenialAt).filter(Number.isFinite);
  const lasts = surveys.map(({ wish }) => wish.lastDenialAt).filter(Number.isFinite);
  const from = [oldestRow, ...firsts].reduce(earlier);
  const to = [newestRow, ...lasts].reduce(later);
  return from === null || to === null ? null : { from, to };
}

/** Returns what the files say around all denials. */
async function readContexts(
  files: Pick<SignInFiles, "related">,
  surveys: readonly Survey[],
  asOf: number | null,
): Promise<ReadonlyMap<string, ContextOf>> {
  if (files.related === undefined || surveys.length === 0) {
    return noContexts;
  }
  const wishes = surveys
    .map(({ wish }) => wish)
    .filter(({ firstDenialAt }) => Number.isFinite(firstDenialAt));
  // Campaigns and successes of others do not affect the figures.
  const rows = await collectContext(files.related.bind(files), wishes, { asOf, successes: false });
  const contextFor = contextsOf({ ...rows, findings: [] });
  return new Map(surveys.map(({ key, wish }) => [key, contextFor(distinct(wish.names))] as const));
}

/** Adds up all cells, account by account. */
class Cells {
  readonly #run: Pick<TuneRun, "rule" | "grid" | "labels">;
  readonly #settings: readonly Windowing[];
  readonly #sweep: ReturnType<typeof sweepGrid>;
  readonly #tally: GridTally;
  readonly #attacks: readonly IncidentLabel[];
  /** By cell and label of an attack: 1 if the cell finds it. */
  readonly #found: Uint8Array;
  readonly #labelled: LabelledDenials[] = [];
  #denials = 0;
  #users = 0;
  #accounts = 0;

  constructor(run: Pick<TuneRun, "rule" | "grid" | "labels">, span: Span | null) {
    this.#run = run;
    this.#settings = cellsOf(run.grid);
    this.#sweep = sweepGrid(run.grid);
    this.#tally = new GridTally(this.#settings.length, span ?? { from: 0, to: 0 });
    this.#attacks = run.labels.labels.filter(({ isAttack }) => isAttack);
    this.#found = new Uint8Array(this.#settings.length * this.#attacks.length);
  }

  add(
    { account, sightings }: Suspect,
    known: {
      readonly key: string;
      readonly contextOf: ContextOf | undefined;
      readonly approvals: Gathered["approvals"];
    },
  ): void {
    const { rule, labels } = this.#run;
    const denials = countDenials(rule, account, sightings());
    if (denials.length === 0) {
      return;
    }
    const own = labelsOf(labels, allNames(account));
    const marksOf = marksOfBursts({
      rule,
      denials,
      approvals: (known.approvals.get(known.key) ?? []).toSorted((a, b) => a.at - b.at),
      contextOf: known.contextOf,
      labels: own,
      labelsAreComplete: labels.areComplete,
    });
    this.#labelled.push(...labelledDenials(own, denials));
    this.#denials += denials.length;
    this.#users++;
    this.#sweepAccount(denials, marksOf, own);
  }

  #sweepAccount(
    denials: readonly Prompt[],
    marksOf: MarksOf,
    labels: readonly IncidentLabel[],
  ): void {
    const account = this.#accounts++;
    const times = Float64Array.from(denials, ({ at }) => at);
    const attacks = labels.filter(({ isAttack }) => isAttack);
    this.#sweep({ times, from: 0, to: times.length }, (cell, start, end, trigger) => {
      const marks = marksOf(start, end, trigger);
      if (marks === null) {
        return;
      }
      const firstDenialAt = times[start] ?? NaN;
      const lastDenialAt = times[end - 1] ?? NaN;
      const triggeredAt = times[trigger] ?? NaN;
      this.#tally.add(cell, { account, firstDenialAt, triggeredAt, marks });
      for (const label of attacks) {
        if (touches(label, firstDenialAt, lastDenialAt)) {
          this.#found[cell * this.#attacks.length + this.#attacks.indexOf(label)] = 1;
        }
      }
    });
  }

  result(): Pick<TuneReport, "denials" | "users" | "cells" | "labelled"> {
    const { length } = this.#attacks;
    const cells = this.#settings.map((setting, cell) => ({
      ...setting,
      ...this.#tally.figuresOf(cell),
      attacksFound: this.#found
        .subarray(cell * length, (cell + 1) * length)
        .reduce((sum, found) => sum + found, 0),
    }));
    return { denials: this.#denials, users: this.#users, cells, labelled: this.#labelled };
  }
}
