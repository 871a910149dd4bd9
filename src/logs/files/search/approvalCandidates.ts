import { allNames, type Account, type RowAccount } from "../../../detection/signin/account.ts";
import { classifyApprovals } from "../../../detection/signin/classify.ts";
import type { Approval } from "../../../detection/signin/sighting.ts";
import { LineReader } from "../containers/lineReader.ts";
import { RecordMaker } from "../envelopes/recordMaker.ts";
import { nameHash } from "./lineSearch.ts";
import type { LineRange, RangeFindings } from "./rangeSearch.ts";
import { readLines } from "./readLines.ts";

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
