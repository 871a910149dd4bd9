import { objectIdOf } from "../signin/account.ts";
import type { Exclusion } from "../signin/scope.ts";
import { isGlob } from "../signin/glob.ts";
import { anything, isOfUsersOnly, selectsUser, type Selector } from "../signin/selector.ts";
import { higher, type Rule } from "./rule.ts";
import { inWords } from "./ruleText.ts";

const day = 86_400_000;

/** How long before its end an exclusion is reported. */
const noticeMs = 14 * day;

/** Reading around a denial stops at this distance, and at this number of rows. */
const farthestMs = day;
const mostRows = 10_000;

/** Something that is valid but probably not intended. */
export interface Doubt {
  readonly rule: Rule;
  /** The member of the rule that it is about, and the index of its item. */
  readonly member: "id" | "threshold" | "window" | "exclude" | "appliesTo";
  readonly item: number | null;
  /** A sentence without its subject, which is the member. */
  readonly words: string;
}

/** @param now epoch milliseconds */
export function doubtsAbout(rules: readonly Rule[], now: number): readonly Doubt[] {
  return rules.flatMap((rule) => [
    ...unreachable(rule, rules),
    ...beyondReading(rule),
    ...namesNobody(rule, "appliesTo", null, rule.scope.appliesTo),
    ...rule.scope.exclude.flatMap((each, item) => [
      ...ending(each, now).map((words) => ({ rule, member: "exclude" as const, item, words })),
      ...namesNobody(rule, "exclude", item, each.of),
      ...neverMet(rule, each, item),
    ]),
  ]);
}

/** Says that an exclusion ends soon or has expired; empty if its end is far away. */
export function ending({ until }: Exclusion, now: number): readonly string[] {
  if (until === null || until - now > noticeMs) {
    return [];
  }
  const last = new Date(until - 1).toISOString().slice(0, 10);
  return [
    until <= now
      ? `has expired: it leaves out only what happened until ${last}`
      : `ends with ${last}`,
  ];
}

/** Finds a rule that another one makes useless, because it finds the same with at least the same severity. */
function unreachable(rule: Rule, rules: readonly Rule[]): readonly Doubt[] {
  const before = rules.indexOf(rule);
  const by = rules.find(
    (other, index) =>
      other !== rule &&
      other.mode === "on" &&
      covers(other, rule) &&
      // If two rules cover each other, the first one stays.
      (index < before || !covers(rule, other)),
  );
  return by === undefined
    ? []
    : [
        {
          rule,
          member: "id",
          item: null,
          words: `can be dropped: whatever ${rule.id} finds, ${by.id} finds too, with the same severity or a higher one`,
        },
      ];
}

function covers(wide: Rule, narrow: Rule): boolean {
  return (
    wide.kind === "sliding" &&
    narrow.kind === "sliding" &&
    wide.threshold <= narrow.threshold &&
    wide.windowMs >= narrow.windowMs &&
    narrow.counted.every((outcome) => wide.counted.includes(outcome)) &&
    higher(wide.severity, narrow.severity) === wide.severity &&
    wide.originDecides === narrow.originDecides &&
    (!wide.approvalRequired ||
      (narrow.approvalRequired && wide.approvalWatchMs >= narrow.approvalWatchMs)) &&
    (wide.scope.appliesTo === anything || isSame(wide.scope.appliesTo, narrow.scope.appliesTo)) &&
    wide.scope.exclude.every((each) =>
      narrow.scope.exclude.some((other) => isSame(each.of, other.of)),
    )
  );
}

function isSame(a: Selector, b: Selector): boolean {
  const textOf = ({ addresses, ...selector }: Selector) =>
    JSON.stringify([selector, addresses.map(({ text }) => text)]);
  return textOf(a) === textOf(b);
}

function beyondReading(rule: Rule): readonly Doubt[] {
  const { kind, windowMs, threshold } = rule;
  const silence = kind === "tumbling" ? 2 * windowMs : windowMs;
  return [
    ...(silence > farthestMs
      ? [
          {
            rule,
            member: "window" as const,
            item: null,
            words: `is longer than what is read around a denial (${inWords(farthestMs)} on each side): counts will say "at least"`,
          },
        ]
      : []),
    ...(threshold > mostRows / 2
      ? [
          {
            rule,
            member: "threshold" as const,
            item: null,
            words: `may never be reached: ${mostRows} rows of a user are read, and a denial can take several`,
          },
        ]
      : []),
  ];
}

const isGuid = (user: string) => objectIdOf(user) !== null;

/** A principal name has an `@`, and an object id is a GUID; a pattern can be either. */
const canBeUser = (user: string) => user.includes("@") || isGlob(user) || isGuid(user);

function namesNobody(
  rule: Rule,
  member: "appliesTo" | "exclude",
  item: number | null,
  { users }: Selector,
): readonly Doubt[] {
  return users
    .filter((user) => !canBeUser(user))
    .map((user) => ({
      rule,
      member,
      item,
      words: `probably never fits: ${user} is neither a principal name (name@domain) nor an object id nor a pattern`,
    }));
}

/** Finds an exclusion of users who, judging by their names, are not covered by the rule anyway. */
function neverMet(rule: Rule, { of }: Exclusion, item: number): readonly Doubt[] {
  const { appliesTo } = rule.scope;
  return canCompare(appliesTo, of) && !meet(appliesTo, of)
    ? [
        {
          rule,
          member: "exclude",
          item,
          words: "never fits: the rule does not apply to any of these users anyway",
        },
      ]
    : [];
}

/** Reports whether two selectors can be compared. A name cannot be compared with an object id, nor two patterns. */
function canCompare(appliesTo: Selector, of: Selector): boolean {
  const isPlain = [appliesTo, of].every(
    (each) => isOfUsersOnly(each) && each.watchlists.length === 0,
  );
  const users = [...appliesTo.users, ...of.users];
  const domains = [...appliesTo.domains, ...of.domains];
  const isOfOneKind = domains.length === 0 && users.every(isGuid);
  return (
    isPlain &&
    (isOfOneKind || !users.some(isGuid)) &&
    !of.users.some(isGlob) &&
    (of.domains.length === 0 || !appliesTo.users.some(isGlob))
  );
}

function meet(appliesTo: Selector, of: Selector): boolean {
  return (
    of.users.some((user) => selectsUser(appliesTo, [user])) ||
    appliesTo.users.some((user) => selectsUser(of, [user])) ||
    of.domains.some((domain) => appliesTo.domains.includes(domain))
  );
}
