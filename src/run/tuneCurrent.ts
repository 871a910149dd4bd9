import { streaksOf } from "../detection/bursts/countDenials.ts";
import { GridTally, burstMarks, type CellFigures } from "../detection/bursts/gridTally.ts";
import type { Streak } from "../detection/bursts/streak.ts";
import { overlaps } from "../detection/bursts/windowing.ts";
import type { ContextOf } from "../detection/context/context.ts";
import type { Rule } from "../detection/rules/rule.ts";
import { accountKey, allNames, shownName, type Account } from "../detection/signin/account.ts";
import { withoutExclusions, type Exclusion, type Scope } from "../detection/signin/scope.ts";
import { anything } from "../detection/signin/selector.ts";
import { exclusionName } from "./excludedCounts.ts";
import { labelsOf, type IncidentLabel, type IncidentLabels } from "./incidentLabels.ts";
import { judgeSuspect, type Known, type Suspect } from "./judgeSuspect.ts";
import { labelMark, marksOfBursts, touches } from "./tuneAccount.ts";

/** The figures of the rules in use. They count incidents, so a burst that several rules find counts once. */
export type CurrentFigures = Pick<
  CellFigures,
  "findings" | "users" | "perWeek" | "worstWeek" | "attacks" | "benign"
> & {
  /** Labelled attacks that they find. */
  readonly attacksFound: number;
};

/** One entry of a rule's exclusions, and the findings that it would hide by itself. */
export interface Hidden {
  readonly rule: string;
  readonly kind: EntryKind;
  readonly entry: string;
  readonly findings: number;
  /** Those that were followed by an approval, reported, or followed by signs of a takeover. */
  readonly harmful: readonly HiddenFinding[];
}

export interface HiddenFinding {
  readonly user: string;
  readonly triggeredAt: number;
  /** Names of `burstMarks`. */
  readonly why: readonly ("approved" | "reported" | "takenOver")[];
}

/** `exclude` is an exclusion with several kinds of values at once, or with other kinds than these. */
type EntryKind = "users" | "addresses" | "applications" | "exclude";

interface Entry {
  readonly rule: Rule;
  readonly kind: EntryKind;
  readonly text: string;
  readonly alone: Exclusion;
}

/** Counts what the rules in use find, and what their exclusions hide, account by account. */
export class CurrentRules {
  readonly #known: Known;
  readonly #contexts: ReadonlyMap<string, ContextOf>;
  readonly #tally: GridTally;
  readonly #entries: readonly Entry[];
  readonly #hidden: { findings: number; readonly harmful: HiddenFinding[] }[];
  readonly #labels: IncidentLabels;
  readonly #attacksFound = new Set<IncidentLabel>();
  #accounts = 0;

  constructor(
    known: Known,
    {
      contexts,
      span,
      labels,
    }: {
      readonly contexts: ReadonlyMap<string, ContextOf>;
      readonly span: { readonly from: number; readonly to: number } | null;
      readonly labels: IncidentLabels;
    },
  ) {
    this.#known = known;
    this.#contexts = contexts;
    this.#labels = labels;
    this.#tally = new GridTally(1, span ?? { from: 0, to: 0 });
    this.#entries = known.rules.flatMap(entriesOf);
    this.#hidden = this.#entries.map(() => ({ findings: 0, harmful: [] }));
  }

  async add(suspect: Suspect): Promise<void> {
    const account = this.#accounts++;
    const labels = labelsOf(this.#labels, allNames(suspect.account));
    const own = { labels, labelsAreComplete: this.#labels.areComplete };
    for (const { judged } of await judgeSuspect(this.#known, suspect, this.#contexts)) {
      for (const { action, finding } of judged) {
        if (action === "open" && finding !== null) {
          const { firstDenialAt, lastDenialAt } = finding.facts;
          const marks = labelMark(own, firstDenialAt, lastDenialAt);
          this.#tally.add(0, { account, ...finding.facts, marks });
          labels
            .filter((label) => label.isAttack && touches(label, firstDenialAt, lastDenialAt))
            .forEach((label) => this.#attacksFound.add(label));
        }
      }
    }
    for (const [index, entry] of this.#entries.entries()) {
      this.#addHidden(suspect, entry, this.#hidden[index]);
    }
  }

  figures(): CurrentFigures {
    const { findings, users, perWeek, worstWeek, attacks, benign } = this.#tally.figuresOf(0);
    const attacksFound = this.#attacksFound.size;
    return { findings, users, perWeek, worstWeek, attacks, benign, attacksFound };
  }

  hidden(): readonly Hidden[] {
    return this.#entries.map(({ rule, kind, text }, index) => ({
      rule: rule.id,
      kind,
      entry: text,
      findings: this.#hidden[index]?.findings ?? 0,
      harmful: this.#hidden[index]?.harmful ?? [],
    }));
  }

  #addHidden(
    { account, sightings: make }: Suspect,
    { rule: own, alone }: Entry,
    to: { findings: number; readonly harmful: HiddenFinding[] } | undefined,
  ): void {
    const rule = { ...own, scope: withoutExclusions(own.scope) };
    const sightings = make();
    const firing = (scope: Scope) =>
      streaksOf({ ...rule, scope }, account, sightings).filter(
        ({ triggeredAt }) => triggeredAt !== null,
      );
    const left = firing({ ...rule.scope, exclude: [alone] });
    const hidden = firing(rule.scope).filter(
      (streak) => !left.some(({ extent }) => overlaps(extent, streak.extent)),
    );
    for (const streak of hidden) {
      const marks = this.#marksOf(rule, account, streak);
      if (to !== undefined && marks !== null) {
        to.findings++;
        const why = harmNames.filter((name) => (marks & burstMarks[name]) !== 0);
        if (why.length > 0) {
          to.harmful.push({
            user: shownName(account),
            triggeredAt: streak.triggeredAt ?? NaN,
            why,
          });
        }
      }
    }
  }

  #marksOf(rule: Rule, account: Account, { denials, triggeredAt }: Streak): number | null {
    const key = accountKey(account);
    const marksOf = marksOfBursts({
      rule,
      denials,
      approvals: (this.#known.approvals.get(key) ?? []).toSorted((a, b) => a.at - b.at),
      contextOf: this.#contexts.get(key),
      labels: [],
      labelsAreComplete: false,
    });
    const trigger = denials.findIndex(({ at }) => at === triggeredAt);
    return marksOf(0, denials.length, trigger);
  }
}

const harmNames = ["approved", "reported", "takenOver"] as const;

/** Returns each value of an exclusion by itself, unless several kinds of values must match together. */
function entriesOf(rule: Rule): readonly Entry[] {
  return rule.scope.exclude.flatMap((each): readonly Entry[] => {
    const { users, addresses, applications } = each.of;
    const values: readonly Entry[] = [
      ...users.map((text) => partOf(rule, each, "users", text, { users: [text] })),
      ...addresses.map((range) =>
        partOf(rule, each, "addresses", range.text, { addresses: [range] }),
      ),
      ...applications.map((text) =>
        partOf(rule, each, "applications", text, { applications: [text] }),
      ),
    ];
    const isOne = new Set(values.map(({ kind }) => kind)).size === 1 && asksNothingElse(each);
    return isOne
      ? values
      : [{ rule, kind: "exclude", text: exclusionName(rule, each), alone: each }];
  });
}

function partOf(
  rule: Rule,
  whole: Exclusion,
  kind: EntryKind,
  text: string,
  of: Partial<Exclusion["of"]>,
): Entry {
  return { rule, kind, text, alone: { ...whole, of: { ...anything, ...of } } };
}

function asksNothingElse({ of }: Exclusion): boolean {
  return (
    of.userType === null &&
    of.domains.length === 0 &&
    of.countries.length === 0 &&
    of.watchlists.length === 0
  );
}
