import { closeSync, openSync, readSync } from "node:fs";
import { allNames, type Account, type RowAccount } from "../../../detection/signin/account.ts";
import { classifyApprovals } from "../../../detection/signin/classify.ts";
import type { Approval } from "../../../detection/signin/sighting.ts";
import { newlineByte } from "../bytes.ts";
import { InputError } from "../inputError.ts";
import { LineReader } from "../containers/lineReader.ts";
import { RecordMaker } from "../envelopes/recordMaker.ts";
import { longLineBytes, nameHash } from "./lineSearch.ts";
import type { LineRange, RangeFindings } from "./rangeSearch.ts";

/** More than most lines take. */
const stepBytes = 8 * 1024;

/** What is noted of a range, whose places count from its beginning. */
interface Part extends Pick<LineRange, "from"> {
  readonly noted: RangeFindings["noted"];
}

/** Lines that were passed and may hold approvals, until it is known whose approvals matter. */
export class NotedLines {
  /** By path. */
  readonly #files = new Map<string, { readonly source: string; readonly parts: Part[] }>();

  add({ source, path, from }: LineRange, noted: RangeFindings["noted"]): void {
    if (noted.length === 0) {
      return;
    }
    const file = this.#files.get(path) ?? { source, parts: [] };
    file.parts.push({ from, noted });
    this.#files.set(path, file);
  }

  /**
   * The approvals of some accounts in these lines, and perhaps of others that share a name with them.
   *
   * @throws InputError when a file cannot be read any more
   */
  *approvals(accounts: readonly Account[]): Generator<readonly [RowAccount, Approval]> {
    const names = new Set(accounts.flatMap(allNames));
    const hashes = new Set([0, ...[...names].map(nameHash)]);
    for (const [path, { source, parts }] of this.#files) {
      for (const line of readLines(source, path, placesOf(parts, hashes))) {
        yield* approvalsIn(source, line).filter(
          ([{ user, name }]) => names.has(user) || (name !== null && names.has(name)),
        );
      }
    }
  }
}

/** In the file, in its order. A line is noted once for each of its names. */
function placesOf(parts: readonly Part[], wanted: ReadonlySet<number>): ReadonlySet<number> {
  const places = new Set<number>();
  for (const { from, noted } of parts) {
    for (let at = 0; at < noted.length; at += 2) {
      if (wanted.has(noted[at + 1] ?? 0)) {
        places.add(from + (noted[at] ?? 0));
      }
    }
  }
  return places;
}

function* readLines(source: string, path: string, places: ReadonlySet<number>): Generator<Buffer> {
  if (places.size === 0) {
    return;
  }
  let file: number | null = null;
  const room = Buffer.allocUnsafe(stepBytes);
  try {
    file = openSync(path, "r");
    for (const place of places) {
      yield readLine(file, place, room);
    }
  } catch (error) {
    throw InputError.of(source, error);
  } finally {
    if (file !== null) {
      closeSync(file);
    }
  }
}

/** @returns a part of `room`, or of a larger one where it is too small */
function readLine(file: number, at: number, room: Buffer): Buffer {
  const read = readSync(file, room, 0, room.length, at);
  const newline = room.subarray(0, read).indexOf(newlineByte);
  if (newline !== -1) {
    return room.subarray(0, newline);
  }
  return read < room.length || room.length > longLineBytes
    ? room.subarray(0, read)
    : readLine(file, at, Buffer.allocUnsafe(4 * room.length));
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
