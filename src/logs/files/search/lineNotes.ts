import { allNames, type Account, type RowAccount } from "../../../detection/signin/account.ts";
import { classifyApprovals } from "../../../detection/signin/classify.ts";
import type { Approval } from "../../../detection/signin/sighting.ts";
import { LineReader } from "../containers/lineReader.ts";
import { RecordMaker } from "../envelopes/recordMaker.ts";
import { nameHash } from "./lineSearch.ts";
import { noteBits, noteNumbers, notedName } from "./notes.ts";
import type { LineRange, RangeFindings } from "./rangeSearch.ts";
import { readLines } from "./readLines.ts";

/** The notes of one range. Their offsets count from its beginning. */
interface Part extends Pick<LineRange, "from"> {
  readonly notes: RangeFindings["notes"];
}

/** The notes of a file that was searched. */
export interface NotedFile {
  readonly source: string;
  readonly parts: Part[];
  /** Offset behind the last line that was searched. */
  to: number;
}

/** Notes of the lines of files, kept until it is known which of them matter. */
export class LineNotes {
  readonly #files = new Map<string, NotedFile>();

  /** Ranges of a file come in order. */
  add({ source, path, from, to }: LineRange, notes: RangeFindings["notes"]): void {
    const file = this.#files.get(path) ?? { source, parts: [], to };
    file.parts.push({ from, notes });
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
  *approvals(accounts: readonly Account[]): Generator<readonly [RowAccount, Approval]> {
    const names = new Set(accounts.flatMap(allNames));
    const noted = new Names(names);
    for (const [path, { source, parts }] of this.#files) {
      const places = placesIn(
        parts,
        (bits, pair) => (bits & noteBits.approval) !== 0 && noted.mayBeIn(bits, pair),
      );
      for (const line of readLines(source, path, places)) {
        yield* approvalsIn(source, line).filter(
          ([{ user, name }]) => names.has(user) || (name !== null && names.has(name)),
        );
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

function approvalsIn(source: string, line: Buffer): readonly (readonly [RowAccount, Approval])[] {
  const found: (readonly [RowAccount, Approval])[] = [];
  const maker = new RecordMaker(source, (entry) => {
    if (entry.kind === "bad") {
      return;
    }
    const { account, approvals } = classifyApprovals(entry.record);
    if (account !== null) {
      approvals.forEach((approval) => found.push([account, approval]));
    }
  });
  new LineReader(maker).line(line, 1);
  return found;
}
