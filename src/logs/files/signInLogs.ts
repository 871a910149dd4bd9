import type { Account, RowAccount } from "../../detection/signin/account.ts";
import type { ClassifyOptions } from "../../detection/signin/classify.ts";
import type { Approval } from "../../detection/signin/sighting.ts";
import { Extractor } from "../../run/extract.ts";
import type { InputSeen, PendingJoin } from "../../run/inputSeen.ts";
import type { Extract, RelatedRecord, RelatedTo, SignInFiles } from "../../run/signInFiles.ts";
import { resetEngine } from "./engine.ts";
import type { LogFile } from "./findLogFiles.ts";
import { InputTally } from "./inputTally.ts";
import { openWorkers, type SignInLogsOptions } from "./openWorkers.ts";
import { behindLines, findingsOf, type Given } from "./partFindings.ts";
import { openPlain } from "./plainLines.ts";
import { lastRecords } from "./plainTable.ts";
import type { ByteRange } from "./bytes.ts";
import { readChunks } from "./readChunks.ts";
import { readRecords } from "./readRecords.ts";
import { relatedRecords } from "./relatedRecords.ts";
import { StepJoin } from "./records/stepJoin.ts";
import { holdsSteps, stepsFirst } from "./stepsFirst.ts";
import {
  cutRanges,
  cutTable,
  Finder,
  LineNotes,
  type LineRange,
  type LineSearch,
  type PlainLines,
  type PlainTable,
  type RangeFindings,
  type SearchWorkers,
  type TableRange,
  type TextSearch,
} from "./search/search.ts";

/** A part of the input; parts are in order. Creating it starts the search. */
type Part = () => AsyncIterable<Extract>;

/** With this many sightings, judging takes longer than the search, and its objects live long: the heap may grow. */
const manyFound = 20_000;

/**
 * Sign-in logs in files. Lines of JSON are searched for possible candidates, and only these are parsed. With
 * `everyRow`, and for every other layout, files are read as by `readRecords`, with the same findings.
 *
 * Throws what `readRecords` throws.
 */
export class SignInLogs implements SignInFiles {
  readonly #files: readonly LogFile[];
  readonly #options: SignInLogsOptions;
  #join = new StepJoin();
  /** Whether there are separate files of steps. Every row is read then, because the steps may belong to any. */
  #joins: boolean;
  readonly #notes = new LineNotes();
  readonly #tally = new InputTally();
  /** Sightings in what was read. */
  #found = 0;
  /** What searched lines, so that there are notes of them. */
  #workers: SearchWorkers | null = null;

  constructor(files: readonly LogFile[], options: SignInLogsOptions) {
    this.#files = stepsFirst(files);
    this.#joins = files.some(holdsSteps);
    this.#options = options;
  }

  async *read(how: ClassifyOptions): AsyncGenerator<Extract> {
    const workers =
      this.#options.everyRow || this.#joins ? null : openWorkers(this.#files, this.#options, how);
    this.#workers = workers;
    const ahead: Part[] = [];
    for await (const part of this.#parts(how, workers)) {
      ahead.push(part);
      if (ahead.length > (workers?.ahead ?? 0)) {
        yield* this.#take(ahead.shift());
      }
    }
    while (ahead.length > 0) {
      yield* this.#take(ahead.shift());
    }
    this.#tally.throwIfForeign();
    yield* this.#takeLate(how);
  }

  async *approvals(accounts: readonly Account[]): AsyncGenerator<readonly [RowAccount, Approval]> {
    for await (const approval of this.#notes.approvals(accounts)) {
      this.#options.signal?.throwIfAborted();
      yield approval;
    }
  }

  related(wanted: RelatedTo): AsyncIterable<RelatedRecord> {
    const { context } = this.#options;
    const searched =
      context && this.#workers !== null ? { notes: this.#notes, workers: this.#workers } : null;
    return relatedRecords(this.#files, wanted, searched, this.#options);
  }

  /** Ends the threads. Must be called in the end, whatever has been read. */
  async close(): Promise<void> {
    await this.#workers?.close();
  }

  seen(): InputSeen {
    return this.#tally.seen();
  }

  async *#take(part: Part | undefined): AsyncGenerator<Extract> {
    for await (const extract of part?.() ?? []) {
      this.#options.signal?.throwIfAborted();
      const before = this.#found;
      this.#found += extract.sightings.length;
      if (before < manyFound && this.#found >= manyFound) {
        resetEngine();
      }
      yield extract;
    }
  }

  /**
   * Must be called before reading, with what earlier runs left to be joined.
   *
   * @param now epoch ms
   * @returns the number of requests that were forgotten, because they have waited for too long
   */
  resume(pending: PendingJoin, now: number): number {
    this.#join = new StepJoin(pending, now);
    this.#joins ||= pending.steps.length > 0;
    return this.#join.forgotten;
  }

  /**
   * Returns what is still to be joined once all is read: steps without their sign-in, and sign-ins without their
   * steps.
   *
   * @param now epoch ms
   */
  pending(now: number): PendingJoin {
    return this.#join.pending(now);
  }

  /** Yields sign-ins whose steps came after them, from this run or an earlier one. */
  *#takeLate(how: ClassifyOptions): Generator<Extract> {
    const extractor = new Extractor(how);
    const place = { source: this.#files.at(-1)?.source ?? "-", line: null, index: null };
    for (const record of this.#join.late()) {
      extractor.add({ kind: "record", record, place });
    }
    this.#tally.missSteps(this.#join.unmatched);
    yield extractor.take();
  }

  async *#parts(how: ClassifyOptions, workers: SearchWorkers | null): AsyncGenerator<Part> {
    for (const file of this.#files) {
      this.#options.signal?.throwIfAborted();
      const plain = workers && (await openPlain(file, this.#options));
      if (workers !== null && plain !== null) {
        yield* this.#partsOf(plain, workers, how);
      } else {
        yield () => this.#readWhole(file, how, workers);
      }
    }
  }

  /** Reads a file that cannot be split into parts, or only be read once. */
  async *#readWhole(
    file: LogFile,
    how: ClassifyOptions,
    workers: SearchWorkers | null,
  ): AsyncGenerator<Extract> {
    const extractor = new Extractor(how);
    const begun: {
      readonly found: Promise<RangeFindings>;
      readonly source: string;
      readonly line: number;
    }[] = [];
    const search: TextSearch | null = workers && {
      block: (block, line) =>
        begun.push({ found: workers.searchText(block), source: block.source, line }),
      lines: workers.textSearch,
      onPassed: (count) => extractor.pass(count),
    };
    const tally = this.#tally;
    const settle = async function* (left: number) {
      for (const { found, source, line } of begun.splice(0, Math.max(0, begun.length - left))) {
        const { extract, seen } = await found;
        tally.add(source, seen);
        tally.count(source, extract.counts);
        yield behindLines(extract, line - 1);
      }
    };
    let { source } = file;
    for await (const entries of readRecords([file], {
      ...this.#options,
      tally,
      join: this.#join,
      ...(search && { search }),
    })) {
      // Entries with a line of their own come after everything that was started.
      yield* settle(entries.length > 0 ? 0 : (workers?.ahead ?? 0));
      source = entries[0]?.place.source ?? source;
      entries.forEach((entry) => extractor.add(entry));
      yield this.#counted(source, extractor.take());
    }
    yield* settle(0);
    yield extractor.take();
  }

  *#partsOf(
    plain: PlainLines | PlainTable,
    workers: SearchWorkers,
    how: ClassifyOptions,
  ): Generator<Part> {
    const given = { at: plain.from, lines: plain.lines };
    yield () => this.#begin(plain, workers, how);
    const ranges = "table" in plain ? cutTable(plain, workers.textSearch) : cutRanges(plain);
    let range = ranges.next();
    for (; range.done !== true; range = ranges.next()) {
      yield this.#partOf(range.value, workers, given);
    }
    const rest = { from: range.value, bytes: plain.bytes - range.value };
    if (rest.bytes > 0) {
      yield () =>
        this.#readOn(plain, rest, how, { search: workers.textSearch, line: given.lines + 1 });
    }
  }

  async *#begin(
    plain: PlainLines | PlainTable,
    workers: SearchWorkers,
    how: ClassifyOptions,
  ): AsyncGenerator<Extract> {
    this.#options.onBytes?.(plain.from);
    const extractor = new Extractor(how);
    plain.entries.forEach((entry) => extractor.add(entry));
    const last = "table" in plain ? await lastRecords(plain, workers.textSearch) : plain.last;
    this.#tally.begin(plain.source, ["table" in plain ? "csv" : "ndjson"]);
    this.#tally.see(plain.source, [...plain.entries, ...last]);
    yield this.#counted(plain.source, extractor.take());
  }

  /** @param given where the part begins that comes next; a range that turns out to begin elsewhere is searched again */
  #partOf(range: LineRange | TableRange, workers: SearchWorkers, given: Given): Part {
    const begun = workers.search(range);
    return async function* (this: SignInLogs) {
      this.#options.onBytes?.(range.to - range.from);
      const from = given.at;
      if (from >= range.to) {
        return;
      }
      const found = await findingsOf(range, begun, workers, given);
      const { extract, lines, seen, to = range.to } = found;
      this.#tally.add(range.source, seen);
      this.#tally.count(range.source, extract.counts);
      this.#notes.add({ ...range, from, to }, found);
      yield behindLines(extract, given.lines);
      given.lines += lines;
      given.at = to;
    }.bind(this);
  }

  /** Reads a file in order from a very long line on, because such lines are not split. */
  async *#readOn(
    { source, path, bytes }: Pick<PlainLines, "source" | "path" | "bytes">,
    range: ByteRange,
    how: ClassifyOptions,
    { search, line }: { readonly search: LineSearch; readonly line: number },
  ): AsyncGenerator<Extract> {
    const finder = new Finder(search, source, how, line);
    for await (const chunk of readChunks({ source, path, bytes }, this.#options, range)) {
      finder.filter.push(chunk);
      yield this.#counted(source, finder.take());
    }
    finder.filter.end();
    yield this.#counted(source, finder.take());
    this.#tally.add(source, finder.seen);
  }

  #counted(source: string, extract: Extract): Extract {
    this.#tally.count(source, extract.counts);
    return extract;
  }
}
