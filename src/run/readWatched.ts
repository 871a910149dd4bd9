import { followedMs } from "../detection/context/followed.ts";
import { readOperation } from "../detection/context/operations.ts";
import { isSame, type EventRow } from "../detection/context/rows.ts";
import { allNames, type RowAccount } from "../detection/signin/account.ts";
import { classify } from "../detection/signin/classify.ts";
import type { Detector } from "./detector.ts";
import { ActiveAccounts } from "./newActivity.ts";
import type { DueItem, FollowUp, Range, Watch } from "./ports.ts";
import { userGroups } from "./readAround.ts";
import { readWhole } from "./readWhole.ts";

/** An account under watch, and the watch. */
type Watched = Pick<DueItem, "subject"> & { readonly watch: Watch };

/**
 * Finds the accounts under watch that had an approval ingested in a range, or a sign in the audit logs ingested
 * since `followedFrom`, or whose context is still to be looked up.
 *
 * @returns with `followedTo`: how far the audit logs were read (epoch ms); null if context is off
 */
export async function readWatched(
  detector: Detector,
  due: readonly DueItem[],
  range: Range,
  followedFrom: number,
  signal: AbortSignal,
): Promise<{ readonly accounts: ActiveAccounts; readonly followedTo: number | null }> {
  const accounts = new ActiveAccounts();
  const watched = due.flatMap(({ subject, watch }) =>
    watch !== null && watch.until > range.from ? [{ subject, watch }] : [],
  );
  await readApproved(detector, watched, range, accounts, signal);
  for (const { subject, watch } of watched) {
    if ((watch.followUp?.retryUntil ?? 0) > detector.clock.now()) {
      accounts.add(subject, watch.from, watch.to, true);
    }
  }
  const isRead = await readFollowed(detector, watched, followedFrom, accounts, signal);
  const isOn = (detector.context ?? null) !== null;
  return { accounts, followedTo: isOn ? (isRead ? range.to : followedFrom) : null };
}

async function readApproved(
  { source }: Detector,
  all: readonly Watched[],
  range: Range,
  accounts: ActiveAccounts,
  signal: AbortSignal,
): Promise<void> {
  const watched = new Map<string, Watched[]>();
  for (const each of all) {
    for (const name of allNames(each.subject)) {
      // Stryker disable next-line ArrayDeclaration: a text is not a watch.
      watched.set(name, [...(watched.get(name) ?? []), each]);
    }
  }
  for (const users of userGroups([...watched.keys()])) {
    const query = { by: "ingested" as const, range, users, shard: null };
    for (const record of await readWhole((part) => source.approvals(part, signal), query)) {
      const { account, approvals } = classify(record);
      for (const { subject, watch } of account === null ? [] : watchesOf(account, watched)) {
        if (approvals.some(({ at }) => at >= watch.from)) {
          accounts.add(subject, watch.from, watch.to);
        }
      }
    }
  }
}

/** Returns the watches of every account that the row may belong to. The owner is determined when the account is judged. */
function watchesOf(
  { tenantId, user, name }: RowAccount,
  watched: ReadonlyMap<string, readonly Watched[]>,
): readonly Watched[] {
  const found = new Set([user, name ?? user].flatMap((each) => watched.get(each) ?? []));
  return [...found].filter(
    ({ subject }) =>
      tenantId === null || subject.tenantId === null || tenantId === subject.tenantId,
  );
}

/**
 * Looks for what follows, with one query for all accounts under watch. A failure here is accepted, so that
 * approvals and new denials do not wait for the audit logs. The next run then reads from the same start.
 */
async function readFollowed(
  { context, log }: Detector,
  all: readonly Watched[],
  ingestedFrom: number,
  accounts: ActiveAccounts,
  signal: AbortSignal,
): Promise<boolean> {
  const followed = all.flatMap(({ subject, watch }) =>
    watch.followUp === undefined ? [] : [{ subject, watch, followUp: watch.followUp }],
  );
  if (context === undefined || context === null || followed.length === 0) {
    return true;
  }
  const range = {
    from: Math.min(...followed.map(({ watch }) => watch.from)),
    to: Math.max(...followed.map(({ watch }) => watch.from)) + followedMs,
  };
  const names = [...new Set(followed.flatMap(({ followUp }) => followUp.names))];
  try {
    const { rows } = await context.events({ range, names, ingestedFrom }, signal);
    for (const { subject, watch, followUp } of followed) {
      if (rows.some((row) => isSign(row, watch, followUp))) {
        accounts.add(subject, watch.from, watch.to, true);
      }
    }
    return true;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    log.warn("what followed not looked up", { problem });
    return false;
  }
}

/** Reports whether a row can change what an incident says. The full judgement needs the whole context. */
function isSign(
  { at, operation, byNames, onNames }: EventRow,
  watch: Watch,
  followUp: FollowUp,
): boolean {
  const { kind } = readOperation(operation);
  return (
    kind !== "other" &&
    at >= watch.from &&
    at <= watch.from + followedMs &&
    (isSame(byNames, followUp.names) || isSame(onNames, followUp.names))
  );
}
