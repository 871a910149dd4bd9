import type { ContextOf } from "../detection/context/context.ts";
import { contextsOf } from "../detection/context/contextOf.ts";
import { distinct } from "../detection/context/origins.ts";
import { rowsOf, type KnownFinding } from "../detection/context/rows.ts";
import type { Decision } from "../detection/decisions/decision.ts";
import { accountKey } from "../detection/signin/account.ts";
import { familiesOf } from "../detection/rules/families.ts";
import { stateRequests } from "./accountCases.ts";
import type { ContextSource } from "./contextSource.ts";
import type { Detector } from "./detector.ts";
import { inParallel } from "./inParallel.ts";
import { judgeFamily, type KnownCase } from "./judgeFamily.ts";
import { findingIn, wishOf } from "./contextWish.ts";
import { lookUpContext, type ContextWish, type LookedUp } from "./lookUpContext.ts";

/** The number of accounts whose context is looked up at once. The others follow in the next run. */
const mostAccounts = 100;

/** The number of other accounts of a campaign whose incidents are looked up. */
const mostMembers = 20;

/** A finding before its context is known. */
interface Judged {
  readonly each: KnownCase;
  readonly decision: Decision;
  readonly wish: ContextWish;
}

/**
 * Reads what the logs say around the findings of some accounts, by account. Nothing is looked up if no finding is
 * new or changed. Whatever cannot be looked up is a gap in the context.
 *
 * @param lookUps how many times accounts may be looked up together
 */
export async function readContexts(
  detector: Detector,
  cases: readonly KnownCase[],
  lookUps: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ContextOf>> {
  const { context = null } = detector;
  if (context === null) {
    return new Map();
  }
  const judged = cases.flatMap((each) => judgeWithout(detector, each));
  const accounts = [...new Set(judged.filter(wantsContext).map(({ each }) => each))];
  const contexts = new Map<string, ContextOf>();
  const most = Math.min(accounts.length, lookUps * mostAccounts);
  for (let start = 0; start < most; start += mostAccounts) {
    const chosen = new Set(accounts.slice(start, start + mostAccounts));
    const found = await readTogether({ ...detector, context }, judged, chosen, signal);
    found.forEach((contextOf, account) => contexts.set(account, contextOf));
  }
  return contexts;
}

async function readTogether(
  detector: Detector & { readonly context: ContextSource },
  judged: readonly Judged[],
  chosen: ReadonlySet<KnownCase>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ContextOf>> {
  const { context, log } = detector;
  const wanted = judged.filter(({ each }) => chosen.has(each));
  const wishes = wanted.map(({ wish }) => wish);
  const rows = await lookUpContext({ source: context, log }, wishes, signal);
  const own = judged.map(({ decision: { burst }, wish }) => findingIn(burst, wish.names));
  const others = await readMembers(detector, rows, judged);
  const contextOf = contextsOf({ ...rows, findings: [...own, ...others] });
  return new Map(
    [...chosen].map((each) => {
      const names = wanted.filter((one) => one.each === each).flatMap((one) => one.wish.names);
      return [accountKey(each.account), contextOf(distinct(names))] as const;
    }),
  );
}

function judgeWithout(detector: Detector, each: KnownCase): readonly Judged[] {
  return each.families.flatMap((family) =>
    judgeFamily(detector, each, family).flatMap((decision) => {
      const { finding } = decision;
      return finding === null
        ? []
        : [{ each, decision, wish: wishOf(each.account, finding, each.approvals) }];
    }),
  );
}

/** Reports whether a finding is new or changed, something else became known about it, or an exclusion hides it. */
function wantsContext({ each, decision: { action, reason, finding } }: Judged): boolean {
  const isHidden = finding?.excludedBy !== undefined;
  return action !== "none" || isHidden || (reason === "unchanged" && each.wantsContext === true);
}

/** Reads recorded findings of accounts whose prompts were refused from the same origins. */
async function readMembers(
  { store, workspaceId, rules }: Detector,
  rows: LookedUp,
  judged: readonly Judged[],
): Promise<readonly KnownFinding[]> {
  const own = new Set(judged.flatMap(({ wish }) => wish.names));
  const tenants = new Set(judged.map(({ each }) => each.account.tenantId));
  const members = new Map(
    rowsOf(rows.failed)
      .filter(({ kind, names }) => kind !== "wrongPassword" && !names.some((name) => own.has(name)))
      .map(({ names }) => [names.join(" "), names] as const),
  );
  const chosen = [...members.keys()].toSorted().slice(0, mostMembers);
  const subjects = chosen
    .flatMap((key) => members.get(key) ?? [])
    .flatMap((user) =>
      familiesOf(rules).flatMap(({ name: rule }) =>
        [...tenants].map((tenantId) => ({
          names: [user],
          subject: { rule, workspaceId, tenantId, user },
        })),
      ),
    );
  const heads = await inParallel(subjects, stateRequests, async ({ names, subject }) => {
    const { bursts } = await store.readHead(subject, -Infinity);
    return bursts.map((burst) => findingIn(burst, names));
  });
  return heads.flat();
}
