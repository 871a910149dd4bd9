import { closeSync, openSync, readSync } from "node:fs";
import { canonicalAddress } from "../../../detection/signin/address.ts";
import type { Entry } from "../entry.ts";
import { newlineByte } from "../bytes.ts";
import { InputError } from "../inputError.ts";
import { LineReader } from "../containers/lineReader.ts";
import { RecordMaker } from "../envelopes/recordMaker.ts";
import { LineFilter } from "./lineFilter.ts";
import { LineSearch, nameHash } from "./lineSearch.ts";
import type { LineRange } from "./rangeSearch.ts";
import { addressKeys, nameKeys, searches } from "./words.ts";

/** Bytes searched at a time, few enough to stay in the processor's cache for both searches. */
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
  readonly #byName: LineSearch;
  readonly #byAddress: LineSearch;
  readonly #names: ReadonlySet<number>;
  readonly #addressHashes: ReadonlySet<number>;
  readonly #addresses: ReadonlySet<string>;
  #buffer = Buffer.alloc(0);

  /** Returns null if this machine cannot search. */
  static of(wanted: RelatedTo): RelatedLines | null {
    const byName = LineSearch.of(searches.denials, { keys: nameKeys, everyLine: true });
    const byAddress = LineSearch.of([], { keys: addressKeys, everyLine: true });
    return byName && byAddress && new RelatedLines(byName, byAddress, wanted);
  }

  private constructor(byName: LineSearch, byAddress: LineSearch, wanted: RelatedTo) {
    this.#byName = byName;
    this.#byAddress = byAddress;
    this.#addresses = new Set(wanted.addresses);
    this.#names = new Set([...wanted.names].map(nameHash));
    this.#addressHashes = new Set([...this.#addresses].map(nameHash));
  }

  /**
   * Returns the entries of the matching lines in a range, in file order. Their places have no line numbers.
   *
   * @throws InputError if the file can no longer be read
   */
  entries(range: LineRange): readonly Entry[] {
    const entries: Entry[] = [];
    const reader = new LineReader(new RecordMaker(range.source, (entry) => entries.push(entry)));
    const text = this.#read(range);
    const { sure, maybe } = this.#placesIn(text);
    for (const place of [...new Set([...sure, ...maybe])].toSorted((a, b) => a - b)) {
      const newline = text.indexOf(newlineByte, place);
      const line = text.subarray(place, newline === -1 ? text.length : newline);
      if (sure.has(place) || this.#mayBeFrom(line)) {
        reader.line(line, 0);
      }
    }
    return entries;
  }

  /** Reads a range into the one buffer. */
  #read({ source, path, from, to }: LineRange): Buffer {
    if (this.#buffer.length < to - from) {
      this.#buffer = Buffer.allocUnsafe(to - from);
    }
    let file: number | null = null;
    try {
      file = openSync(path, "r");
      let length = 0;
      for (let bytes = -1; bytes !== 0 && length < to - from; length += bytes) {
        bytes = readSync(file, this.#buffer, length, to - from - length, from + length);
      }
      return this.#buffer.subarray(0, length);
    } catch (error) {
      throw InputError.of(source, error);
    } finally {
      if (file !== null) {
        closeSync(file);
      }
    }
  }

  /** Reports whether a line may have one of the addresses, in any spelling. */
  #mayBeFrom(line: Buffer): boolean {
    const values = [...line.toString("latin1").matchAll(addressValues)];
    return values.length === 0 || values.some(([, value]) => this.#isWanted(value));
  }

  #isWanted(value: string | undefined): boolean {
    return (
      value !== undefined &&
      (value.includes("\\") || this.#addresses.has(canonicalAddress(value.trim().toLowerCase())))
    );
  }

  /** Returns the offsets in a text of lines that match, and of lines whose address is to be looked at. */
  #placesIn(text: Buffer): Places {
    const places: Places = { sure: new Set(), maybe: new Set() };
    const filters = [
      filterBy(this.#byName, (hash, place) => {
        if (hash === 0 || this.#names.has(hash)) {
          places.sure.add(place);
        }
      }),
      filterBy(this.#byAddress, (hash, place) => {
        if (this.#addressHashes.has(hash)) {
          places.sure.add(place);
        } else if (hash === 0 && this.#addresses.size > 0) {
          places.maybe.add(place);
        }
      }),
    ];
    for (let at = 0; at < text.length; at += stepBytes) {
      filters.forEach((filter) => filter.push(text.subarray(at, at + stepBytes)));
    }
    filters.forEach((filter) => filter.end());
    return places;
  }
}

/** @param take receives each hash in a text with the offset of its line; 0: it may be anybody's */
function filterBy(search: LineSearch, take: (hash: number, place: number) => void): LineFilter {
  return new LineFilter(search, {
    passed() {},
    line() {},
    longLine() {},
    longLineEnd() {},
    approvalCandidates(pairs, before) {
      for (let at = 0; at < pairs.length; at += 2) {
        take(pairs[at + 1] ?? 0, (pairs[at] ?? 0) - before);
      }
    },
  });
}

interface Places {
  readonly sure: Set<number>;
  readonly maybe: Set<number>;
}

/** A key that ends like that of an address, and its value if it is text. */
const addressValues = /Address"\s*:\s*(?:"([^"]*)")?/g;
