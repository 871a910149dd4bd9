import { allNames, type Account, type RowAccount } from "../../../detection/signin/account.ts";
import { classifyApprovals } from "../../../detection/signin/classify.ts";
import type { Approval } from "../../../detection/signin/sighting.ts";
import type { CsvReader } from "../containers/csvReader.ts";
import { LineReader } from "../containers/lineReader.ts";
import type { Entry } from "../entry.ts";
import type { ByteRange } from "../bytes.ts";
import { RecordMaker } from "../envelopes/recordMaker.ts";
import { nameHash } from "./lineSearch.ts";
import { noteBits, noteNumbers, notedName } from "./notes.ts";
import type { LineRange, RangeFindings } from "./rangeSearch.ts";
import { readLines } from "./readLines.ts";
import { openTable, type Table, type TableRange } from "./tableSearch.ts";

/** The notes of one range. Their offsets count from its beginning. */
interface Part extends Pick<LineRange, "from"> {
  readonly notes: RangeFindings["notes"];
}

/** The notes of a file that was searched. */
export interface NotedFile {
  readonly source: string;
  /** If it is CSV, how its rows are read. */
  readonly table: Table | null;
  readonly parts: Part[];
  /** Parts without notes. */
  readonly unsearched: ByteRange[];
  /** Offset behind the last line that was searched. */
  to: number;
}

/** Notes of the lines of files, kept until it is known which of them matter. */
export class LineNotes {
  readonly #files = new Map<string, NotedFile>();

  /** Ranges of a file come in order. */
  add(
    range: LineRange | TableRange,
    { notes, unsearched = [] }: Pick<RangeFindings, "notes" | "unsearched">,
  ): void {
    const { source, path, from, to } = range;
    const table = "table" in range ? range.table : null;
    const file = this.#files.get(path) ?? { source, table, parts: [], unsearched: [], to };
    file.parts.push({ from, notes });
    file.unsearched.push(...unsearched);
    file.to = to;
    this.#files.set(path, file);
  }

  /** Returns undefined if no range of the file was searched. */
  of(path: string): NotedFile | undefined {
    return this.#files.get(path);
  }

  /**
   * Returns the approvals of the given accounts in lines that were skipped, and possibly of others that share a name
   * with them.
   *
   * @throws InputError if a file can no longer be read
   */
  async *approvals(accounts: readonly Account[]): AsyncGenerator<readonly [RowAccount, Approval]> {
    const names = new Set(accounts.flatMap(allNames));
    const noted = new Names(names);
    for (const [path, file] of this.#files) {
      const { parts } = file;
      const found: (readonly [RowAccount, Approval])[] = [];
      const reader = await readerOf(file, (entry) => found.push(...approvalsIn(entry)));
      const places = placesIn(
        parts,
        (bits, pair) => (bits & noteBits.approval) !== 0 && noted.mayBeIn(bits, pair),
      );
      for (const line of readLines(file, path, places)) {
        reader.line(line, 0);
        yield* found
          .splice(0)
          .filter(([{ user, name }]) => names.has(user) || (name !== null && names.has(name)));
      }
    }
  }
}

/** Recognises lines of some accounts by their notes. */
export class Names {
  readonly #isNoted = new Uint8Array(1 << 16);

  /** @param names in lower case */
  constructor(names: Iterable<string>) {
    for (const name of names) {
      this.#isNoted[notedName(nameHash(name))] = 1;
    }
  }

  /** @param pair the two names of a note */
  mayBeIn(bits: number, pair: number): boolean {
    return (
      (bits & noteBits.anyName) !== 0 ||
      this.#isNoted[pair & 0xffff] === 1 ||
      this.#isNoted[pair >>> 16] === 1
    );
  }
}

/** Returns the offsets in the file of the lines whose notes meet a condition, in order. */
export function* placesIn(
  parts: readonly Part[],
  isMeant: (bits: number, names: number, address: number, place: number) => boolean,
): Generator<number> {
  for (const { from, notes } of parts) {
    for (let at = 0; at < notes.length; at += noteNumbers) {
      const place = from + (notes[at] ?? 0);
      if (isMeant(notes[at + 3] ?? 0, notes[at + 1] ?? 0, notes[at + 2] ?? 0, place)) {
        yield place;
      }
    }
  }
}

/** Returns what reads lines of a file that was searched, or rows if it is CSV. */
export async function readerOf(
  { source, table = null }: { readonly source: string; readonly table?: Table | null },
  take: (entry: Entry) => void,
): Promise<LineReader | CsvReader> {
  const maker = new RecordMaker(source, take, table ?? {});
  return table === null ? new LineReader(maker) : await openTable(maker, table);
}

function approvalsIn(entry: Entry): readonly (readonly [RowAccount, Approval])[] {
  if (entry.kind === "bad") {
    return [];
  }
  const { account, approvals } = classifyApprovals(entry.record);
  return account === null ? [] : approvals.map((approval) => [account, approval] as const);
}
