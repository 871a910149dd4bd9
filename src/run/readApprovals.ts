import { approvalsByAccount } from "../detection/prompts/approvals.ts";
import type { MatchedAccounts } from "../detection/prompts/accounts.ts";
import type { Account, RowAccount } from "../detection/signin/account.ts";
import type { Approval } from "../detection/signin/sighting.ts";

/**
 * Reads the approvals of accounts, by `accountKey`.
 *
 * @param asOf ignores what was published after this time (epoch ms); null: nothing is ignored
 */
export async function readApprovals(
  sources: readonly AsyncIterable<readonly [RowAccount, Approval]>[],
  accounts: readonly Account[],
  matched: MatchedAccounts,
  asOf: number | null = null,
): Promise<ReadonlyMap<string, readonly Approval[]>> {
  if (accounts.length === 0) {
    return new Map();
  }
  const approvals: (readonly [RowAccount, Approval])[] = [];
  for (const source of sources) {
    for await (const each of source) {
      if (wasPublished(each[1], asOf)) {
        approvals.push(each);
      }
    }
  }
  return approvalsByAccount(accounts, matched, approvals);
}

export function wasPublished(
  { publishedAt }: { readonly publishedAt: number | null },
  asOf: number | null,
): boolean {
  return asOf === null || (publishedAt ?? asOf) <= asOf;
}
