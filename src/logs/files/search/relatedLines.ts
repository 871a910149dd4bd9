import { closeSync, openSync, readSync } from "node:fs";
import type { Entry } from "../entry.ts";
import { LineReader } from "../containers/lineReader.ts";
import { RecordMaker } from "../envelopes/recordMaker.ts";
import { LineFilter } from "./lineFilter.ts";
import { LineSearch, nameHash } from "./lineSearch.ts";
import type { LineRange } from "./rangeSearch.ts";
import { readLines } from "./readLines.ts";
import { addressKeys, nameKeys, searches } from "./words.ts";

/** Bytes read at a time, few enough to stay in the processor's cache until they are searched. */
const stepBytes = 256 * 1024;

/** The accounts and addresses whose lines are wanted, in lower case. */
export interface RelatedTo {
  readonly names: Iterable<string>;
  readonly addresses: Iterable<string>;
}

/**
 * Finds the lines that can matter for the context of findings: those of some accounts, those from some addresses,
 * and those that can hold a denial of anybody.
 */
export class RelatedLines {
  readonly #searches: readonly { readonly search: LineSearch; readonly wanted: Set<number> }[];

  /** Returns null if this machine cannot search. */
  static of({ names, addresses }: RelatedTo): RelatedLines | null {
    const byName = LineSearch.of(searches.denials, { keys: nameKeys, everyLine: true });
    const byAddress = LineSearch.of([], { keys: addressKeys, everyLine: true });
    return byName && byAddress && new RelatedLines([byName, names], [byAddress, addresses]);
  }

  private constructor(...wanted: readonly (readonly [LineSearch, Iterable<string>])[]) {
    this.#searches = wanted.map(([search, values]) => ({
      search,
      // A line that may be anybody's has the hash 0.
      wanted: new Set([0, ...[...values].map(nameHash)]),
    }));
  }

  /**
   * Returns the entries of the matching lines in a range, in file order. Their places have no line numbers.
   *
   * @throws InputError if the file can no longer be read
   */
  entries(range: LineRange): readonly Entry[] {
    const entries: Entry[] = [];
    const reader = new LineReader(new RecordMaker(range.source, (entry) => entries.push(entry)));
    for (const line of readLines(range.source, range.path, this.#placesIn(range))) {
      reader.line(line, 0);
    }
    return entries;
  }

  /** Returns the offsets of the matching lines in the file. */
  #placesIn({ path, from, to }: LineRange): ReadonlySet<number> {
    const places = new Set<number>();
    const filters = this.#searches.map(({ search, wanted }) => {
      const sink = {
        passed() {},
        line() {},
        longLine() {},
        longLineEnd() {},
        approvalCandidates(pairs: Uint32Array, before: number) {
          for (let at = 0; at < pairs.length; at += 2) {
            if (wanted.has(pairs[at + 1] ?? 0)) {
              places.add(from + (pairs[at] ?? 0) - before);
            }
          }
        },
      };
      return new LineFilter(search, sink);
    });
    const buffer = Buffer.allocUnsafe(stepBytes);
    const file = openSync(path, "r");
    try {
      for (let at = from; at < to;) {
        const bytes = readSync(file, buffer, 0, Math.min(stepBytes, to - at), at);
        if (bytes === 0) {
          break;
        }
        filters.forEach((filter) => filter.push(buffer.subarray(0, bytes)));
        at += bytes;
      }
      filters.forEach((filter) => filter.end());
    } finally {
      closeSync(file);
    }
    return new Set([...places].toSorted((a, b) => a - b));
  }
}
