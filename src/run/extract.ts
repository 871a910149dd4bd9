import type { RowAccount } from "../detection/signin/account.ts";
import {
  classifySignIn,
  type Classified,
  type ClassifyOptions,
} from "../detection/signin/classify.ts";
import type { Approval, Sighting } from "../detection/signin/sighting.ts";
import { readSignIn } from "../detection/signin/signIn.ts";
import { countPassed, countRow, countUnreadable, noCounts } from "./counts.ts";
import { emptyTally, tallyRow } from "./coverageTally.ts";
import { nothingSeen } from "./inputSeen.ts";
import type { Extract, LogEntry, SignInFiles } from "./signInFiles.ts";

/** Classifies rows one by one and collects what they say. */
export class Extractor {
  readonly #options: ClassifyOptions;
  #extract: Draft = nothing();

  constructor(options: ClassifyOptions) {
    this.#options = options;
  }

  add(entry: LogEntry): void {
    const { counts, bad, tally } = this.#extract;
    if (entry.kind === "bad") {
      countUnreadable(counts);
      bad.push({ reason: entry.reason, place: entry.place });
      return;
    }
    const signIn = readSignIn(entry.record);
    const row = classifySignIn(signIn, this.#options);
    countRow(counts, row);
    tallyRow(tally, signIn, row);
    if (row.kind === "bad") {
      bad.push({ reason: row.reason, place: entry.place });
    }
    this.#keep(row);
  }

  /** Counts rows that are known to be irrelevant without having been looked at. */
  pass(rows: number): void {
    countPassed(this.#extract.counts, rows);
    this.#extract.tally.passedRows += rows;
  }

  /** Returns what was collected since the last call. */
  take(): Extract {
    const extract = this.#extract;
    this.#extract = nothing();
    return extract;
  }

  #keep({ account, sightings, approvals }: Classified): void {
    // Stryker disable next-line ConditionalExpression,BlockStatement: only for the compiler, a row of nobody says
    // nothing.
    if (account === null) {
      return;
    }
    for (const sighting of sightings) {
      this.#extract.sightings.push([account, sighting]);
    }
    for (const approval of approvals) {
      this.#extract.approvals.push([account, approval]);
    }
  }
}

/** An extract under construction. */
interface Draft extends Extract {
  readonly bad: Extract["bad"][number][];
  readonly sightings: (readonly [RowAccount, Sighting])[];
  readonly approvals: (readonly [RowAccount, Approval])[];
}

function nothing(): Draft {
  return { counts: noCounts(), bad: [], sightings: [], approvals: [], tally: emptyTally() };
}

/** Classifies every row of a log as it is read, and leaves nothing for later. */
export function wholly(entries: AsyncIterable<readonly LogEntry[]>): SignInFiles {
  return {
    async *read(options) {
      const extractor = new Extractor(options);
      for await (const batch of entries) {
        batch.forEach((entry) => extractor.add(entry));
        yield extractor.take();
      }
    },
    async *approvals() {},
    seen: () => nothingSeen,
  };
}
