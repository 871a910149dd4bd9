import { familiesOf } from "../detection/rules/families.ts";
import { objectIdOf, type Account } from "../detection/signin/account.ts";
import type { Sighting } from "../detection/signin/sighting.ts";
import type { Detector } from "./detector.ts";
import { farthest, hasFired, look, silenceOf, spanAround } from "./familyView.ts";
import type { Activity } from "./newActivity.ts";
import type { Range, RecordIndex } from "./ports.ts";
import type { RecentSightings } from "./recentSightings.ts";

/** What was read earlier about all accounts together. */
interface KnownOfAll {
  readonly index: RecordIndex;
  readonly recent: RecentSightings;
}

/**
 * Leaves out accounts without any record that need no decision: everything published about their streaks so far was
 * read, and they fire by no rule. Whatever is published later is activity of its own.
 */
export function withoutQuiet(
  { rules, workspaceId }: Pick<Detector, "rules" | "workspaceId">,
  touched: readonly Activity[],
  { index, recent }: KnownOfAll,
): readonly Activity[] {
  const families = familiesOf(rules);
  const { completeFrom } = recent;
  const fewest = Math.min(...rules.map(({ threshold }) => threshold));
  // A window more than silence, because the streaks of some rules begin before their first denial.
  const margin = Math.max(...rules.map((rule) => (silenceOf(rule) + 1) * rule.windowMs));
  /** Reports whether everything that may belong to the streaks of so few sightings was read. Saves looking for them. */
  const isNear = ({ from, to }: Range, sightings: readonly Sighting[]): boolean => {
    const earliest = Math.max(completeFrom, from - farthest) + margin;
    const latest = to + farthest - margin;
    return from >= earliest && sightings.every(({ at }) => at >= earliest && at <= latest);
  };
  const isQuiet = (activity: Activity): boolean => {
    const { account } = activity;
    if (activity.span.from < completeFrom || !isWhole(account)) {
      return false;
    }
    const seen = recent.of(account);
    if (seen === null) {
      return false;
    }
    const heads = families.map(({ name, formerly }) =>
      [name, ...formerly].map((rule) => index.emptyHead({ ...account, rule, workspaceId })),
    );
    if (heads.some((each) => each.includes(null))) {
      return false;
    }
    if (seen.sightings.length < fewest && isNear(activity.span, seen.sightings)) {
      return true;
    }
    const active = { ...activity, account: seen.account };
    const views = families.flatMap((family, place) => {
      const [head = null] = heads[place] ?? [];
      return head === null ? [] : look(active, { family, head }, seen.sightings);
    });
    const { span, clipped } = spanAround({ ...active, families: views }, silenceOf);
    const fires = views.some((view) => view.views.some(hasFired));
    return !fires && !clipped && span.from >= completeFrom;
  };
  return touched.filter((each) => !isQuiet(each));
}

/** Reports whether an account has an id, a tenant and a name. */
export function isWhole({ tenantId, user, names = [] }: Account): boolean {
  return tenantId !== null && objectIdOf(user) !== null && names.length > 0;
}
