import { formatTime } from "../../../detection/signin/time.ts";
import type { DetectFinding } from "../../detect/detectReport.ts";
import type { Scenario } from "./readScenarios.ts";
import { momentOf, sameUser, type ExpectedFinding } from "./scenario.ts";

/**
 * Returns the differences, one line each. Compares the number of findings, and of each finding only the expected
 * members. Several findings of one user are paired so that as many as possible agree, and otherwise in their order.
 */
export function compareFindings(
  { expect, day }: Pick<Scenario, "expect" | "day">,
  findings: readonly DetectFinding[],
): readonly string[] {
  const left = [...findings];
  const take = (isWanted: (found: DetectFinding) => boolean): DetectFinding | null => {
    const index = left.findIndex(isWanted);
    return index === -1 ? null : (left.splice(index, 1)[0] ?? null);
  };
  const unmatched = expect.filter(
    (expected) => take((found) => differencesOf(expected, found, day)?.length === 0) === null,
  );
  const differing = unmatched.flatMap((expected) => {
    const found = take((each) => differencesOf(expected, each, day) !== null);
    return found === null
      ? [`missing: a finding of ${expected.user}`]
      : (differencesOf(expected, found, day) ?? []);
  });
  return [
    ...differing,
    ...left.map(
      ({ user, denials, firstDenialAt, triggeredAt }) =>
        `unexpected: a finding of ${user}, ${denials} denials from ${firstDenialAt}, triggered at ${triggeredAt}`,
    ),
  ];
}

/** Returns null if they belong to different users. */
function differencesOf(
  expected: ExpectedFinding,
  found: DetectFinding,
  day: string,
): readonly string[] | null {
  const { user, approval, ...rest } = expected;
  if (!sameUser(user, found.user)) {
    return null;
  }
  const given = new Map<string, unknown>(Object.entries(found));
  return [
    ...Object.entries(rest).flatMap(([member, wanted]) =>
      difference(user, member, normalise(member, wanted, day), given.get(member)),
    ),
    ...approvalDifferences(user, approval, found.approval, day),
  ];
}

function approvalDifferences(
  user: string,
  wanted: ExpectedFinding["approval"],
  found: DetectFinding["approval"],
  day: string,
): readonly string[] {
  if (wanted === undefined) {
    return [];
  }
  if (wanted === null || found === null) {
    return wanted === found ? [] : difference(user, "approval", wanted, found);
  }
  const { at, match } = wanted;
  return [
    ...(at === undefined
      ? []
      : difference(user, "approval.at", normalise("approval.at", at, day), found.at)),
    ...(match === undefined ? [] : difference(user, "approval.match", match, found.match)),
  ];
}

/** Compares times and ids by their meaning. */
function normalise(member: string, value: unknown, day: string): unknown {
  if (typeof value !== "string") {
    return value;
  }
  const at = /(?:^|\.)at$|At$/.test(member) ? momentOf(value, day) : null;
  const id = member.endsWith("Id") ? value.toLowerCase() : value;
  return at === null ? id : formatTime(at);
}

function difference(
  user: string,
  member: string,
  wanted: unknown,
  found: unknown,
): readonly string[] {
  const [expected, actual] = [JSON.stringify(wanted), JSON.stringify(found)];
  return expected === actual ? [] : [`${user}: ${member} expected ${expected}, found ${actual}`];
}
