import type { ContextQuestion, PasswordCheck, Spray } from "./context.ts";
import { distinct } from "./origins.ts";
import { isSame, shownName, type FailedSignIns, type RefusedRequest } from "./rows.ts";
import type { Scene } from "./scene.ts";

/**
 * Whether the person who triggered the prompts knew the password; null if no row shows it.
 *
 * @param wrong wrong passwords of the account in the day before
 */
export function passwordCheck(
  { denials }: Pick<ContextQuestion, "denials">,
  requests: ReadonlyMap<string, RefusedRequest>,
  wrong: readonly FailedSignIns[],
): PasswordCheck | null {
  const answers = denials.flatMap(({ sightings }) => {
    const shown = sightings.flatMap(({ request }) => requests.get(request)?.rightPassword ?? []);
    return shown.length === 0 ? [] : [shown.includes(true)];
  });
  const wrongBefore = sum(wrong);
  return answers.length === 0 && wrongBefore === 0
    ? null
    : { right: answers.filter(Boolean).length, shown: answers.length, wrongBefore };
}

/**
 * Counts wrong passwords of other accounts.
 *
 * @param wrong wrong passwords from the origins of the denials, except the account's usual ones
 */
export function sprayOf(
  wrong: readonly FailedSignIns[],
  { names }: Pick<Scene, "names">,
): Spray | null {
  const rows = wrong.filter((row) => !isSame(row.names, names));
  return rows.length === 0
    ? null
    : {
        accounts: accountsOf(rows).length,
        attempts: sum(rows),
        addresses: distinct(rows.map(({ address }) => address)),
        from: rows.reduce((least, { firstAt }) => Math.min(least, firstAt), Infinity),
        to: rows.reduce((most, { lastAt }) => Math.max(most, lastAt), -Infinity),
      };
}

function accountsOf(rows: readonly FailedSignIns[]): readonly string[] {
  return distinct(rows.map(({ names }) => shownName(names)));
}

function sum(rows: readonly FailedSignIns[]): number {
  return rows.reduce((total, { signIns }) => total + signIns, 0);
}
