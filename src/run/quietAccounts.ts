import { familiesOf } from "../detection/rules/families.ts";
import { objectIdOf, type Account } from "../detection/signin/account.ts";
import type { Detector } from "./detector.ts";
import { hasFired, look, silenceOf, spanAround } from "./familyView.ts";
import type { Activity } from "./newActivity.ts";
import type { RecordIndex } from "./ports.ts";
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
  const isQuiet = (activity: Activity): boolean => {
    const { account } = activity;
    if (activity.span.from < completeFrom || !isWhole(account)) {
      return false;
    }
    const seen = recent.of(account);
    if (seen === null) {
      return false;
    }
    const active = { ...activity, account: seen.account };
    const views = [];
    for (const family of families) {
      const heads = [family.name, ...family.formerly].map((rule) =>
        index.emptyHead({ ...account, rule, workspaceId }),
      );
      const [head = null] = heads;
      if (head === null || heads.includes(null)) {
        return false;
      }
      views.push(look(active, { family, head }, seen.sightings));
    }
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
