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

/** Longer than most lines. */
const stepBytes = 8 * 1024;

/** The candidates of one range. Their places count from its beginning. */
interface Part extends Pick<LineRange, "from"> {
  readonly candidates: RangeFindings["approvalCandidates"];
}

/** Lines that were skipped and may hold approvals, kept until it is known whose approvals matter. */
export class ApprovalCandidates {
  /** By path. */
  readonly #files = new Map<string, { readonly source: string; readonly parts: Part[] }>();

  add({ source, path, from }: LineRange, candidates: RangeFindings["approvalCandidates"]): void {
    if (candidates.length === 0) {
      return;
    }
    const file = this.#files.get(path) ?? { source, parts: [] };
    file.parts.push({ from, candidates });
    this.#files.set(path, file);
  }

  /**
   * Returns the approvals of the given accounts in these lines, and possibly of others that share a name with them.
   *
   * @throws InputError if a file can no longer be read
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

/** Offsets in the file, in order. A line is listed once for each name in it. */
function placesOf(parts: readonly Part[], wanted: ReadonlySet<number>): ReadonlySet<number> {
  const places = new Set<number>();
  for (const { from, candidates } of parts) {
    for (let at = 0; at < candidates.length; at += 2) {
      if (wanted.has(candidates[at + 1] ?? 0)) {
        places.add(from + (candidates[at] ?? 0));
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
  const buffer = Buffer.allocUnsafe(stepBytes);
  try {
    file = openSync(path, "r");
    for (const place of places) {
      yield readLine(file, place, buffer);
    }
  } catch (error) {
    throw InputError.of(source, error);
  } finally {
    if (file !== null) {
      closeSync(file);
    }
  }
}

/** @returns a view of `buffer`, or of a larger one if the line does not fit */
function readLine(file: number, at: number, buffer: Buffer): Buffer {
  const read = readSync(file, buffer, 0, buffer.length, at);
  const newline = buffer.subarray(0, read).indexOf(newlineByte);
  if (newline !== -1) {
    return buffer.subarray(0, newline);
  }
  return read < buffer.length || buffer.length > longLineBytes
    ? buffer.subarray(0, read)
    : readLine(file, at, Buffer.allocUnsafe(4 * buffer.length));
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
