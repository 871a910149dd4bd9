import { streaksOf } from "../detection/bursts/countDenials.ts";
import { GridTally, burstMarks, type CellFigures } from "../detection/bursts/gridTally.ts";
import type { Streak } from "../detection/bursts/streak.ts";
import type { ContextOf } from "../detection/context/context.ts";
import type { Rule } from "../detection/rules/rule.ts";
import { accountKey, shownName, type Account } from "../detection/signin/account.ts";
import { noExclusions, type Exclusions } from "../detection/signin/exclusions.ts";
import { judgeSuspect, type Known, type Suspect } from "./judgeSuspect.ts";
import { marksOfBursts } from "./tuneAccount.ts";

/** What the rules that are in use come to. Incidents, so that what several rules find counts once. */
export type CurrentFigures = Pick<CellFigures, "findings" | "users" | "perWeek" | "worstWeek">;

/** One entry of a rule's exclusions, and the findings that would not be there with it alone. */
export interface Hidden {
  readonly rule: string;
  readonly kind: keyof Exclusions;
  readonly entry: string;
  readonly findings: number;
  /** Those that were approved after, reported, or followed by signs of a takeover. */
  readonly harmful: readonly HiddenFinding[];
}

export interface HiddenFinding {
  readonly user: string;
  readonly triggeredAt: number;
  /** Names of `burstMarks`. */
  readonly why: readonly ("approved" | "reported" | "takenOver")[];
}

interface Entry {
  readonly rule: Rule;
  readonly kind: keyof Exclusions;
  readonly text: string;
  readonly alone: Exclusions;
}

/** Counts what the rules in use find, and what their exclusions hide, account by account. */
export class CurrentRules {
  readonly #known: Known;
  readonly #contexts: ReadonlyMap<string, ContextOf>;
  readonly #tally: GridTally;
  readonly #entries: readonly Entry[];
  readonly #hidden: { findings: number; readonly harmful: HiddenFinding[] }[];
  #accounts = 0;

  constructor(
    known: Known,
    contexts: ReadonlyMap<string, ContextOf>,
    span: { readonly from: number; readonly to: number } | null,
  ) {
    this.#known = known;
    this.#contexts = contexts;
    this.#tally = new GridTally(1, span ?? { from: 0, to: 0 });
    this.#entries = known.rules.flatMap(entriesOf);
    this.#hidden = this.#entries.map(() => ({ findings: 0, harmful: [] }));
  }

  async add(suspect: Suspect): Promise<void> {
    const account = this.#accounts++;
    for (const { judged } of await judgeSuspect(this.#known, suspect, this.#contexts)) {
      for (const { action, finding } of judged) {
        if (action === "open" && finding !== null) {
          this.#tally.add(0, { account, ...finding.facts, marks: 0 });
        }
      }
    }
    for (const [index, entry] of this.#entries.entries()) {
      this.#addHidden(suspect, entry, this.#hidden[index]);
    }
  }

  figures(): CurrentFigures {
    const { findings, users, perWeek, worstWeek } = this.#tally.figuresOf(0);
    return { findings, users, perWeek, worstWeek };
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
    const rule = { ...own, exclusions: noExclusions };
    const sightings = make();
    const firing = (exclusions: Exclusions) =>
      streaksOf({ ...rule, exclusions }, account, sightings).filter(
        ({ triggeredAt }) => triggeredAt !== null,
      );
    const left = firing(alone);
    const hidden = firing(noExclusions).filter(
      (streak) => !left.some((other) => overlap(streak, other)),
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

function overlap({ extent: a }: Streak, { extent: b }: Streak): boolean {
  return a.from <= b.to && b.from <= a.to;
}

function entriesOf(rule: Rule): readonly Entry[] {
  const { users, addresses, applications } = rule.exclusions;
  return [
    ...users.map((text) => ({
      rule,
      kind: "users" as const,
      text,
      alone: { ...noExclusions, users: [text] },
    })),
    ...addresses.map((range) => ({
      rule,
      kind: "addresses" as const,
      text: range.text,
      alone: { ...noExclusions, addresses: [range] },
    })),
    ...applications.map((text) => ({
      rule,
      kind: "applications" as const,
      text,
      alone: { ...noExclusions, applications: [text] },
    })),
  ];
}
