import type { ContextQuestion, PasswordCheck, Spray } from "./context.ts";
import { distinct } from "./origins.ts";
import { isSame, overlaps, shownName, type FailedSignIns, type RefusedRequest } from "./rows.ts";
import type { Scene } from "./scene.ts";

const day = 86_400_000;

/** Whether the person who triggered the prompts knew the password; null if no row shows it. */
export function passwordCheck(
  { denials }: Pick<ContextQuestion, "denials">,
  requests: ReadonlyMap<string, RefusedRequest>,
  failed: readonly FailedSignIns[],
  { names, firstDenialAt }: Scene,
): PasswordCheck | null {
  const answers = denials.flatMap(({ sightings }) => {
    const shown = sightings.flatMap(({ request }) => requests.get(request)?.rightPassword ?? []);
    return shown.length === 0 ? [] : [shown.includes(true)];
  });
  const wrongBefore = sum(
    failed.filter(
      (row) =>
        row.kind === "wrongPassword" &&
        isSame(row.names, names) &&
        overlaps(row, firstDenialAt - day, firstDenialAt - 1),
    ),
  );
  return answers.length === 0 && wrongBefore === 0
    ? null
    : { right: answers.filter(Boolean).length, shown: answers.length, wrongBefore };
}

/** Counts wrong passwords of other accounts from the origins of the denials, except the account's usual ones. */
export function sprayOf(
  failed: readonly FailedSignIns[],
  { names, firstDenialAt, lastDenialAt, strange }: Scene,
): Spray | null {
  const rows = failed.filter(
    (row) =>
      row.kind === "wrongPassword" &&
      !isSame(row.names, names) &&
      row.address !== null &&
      strange.includes(row.address) &&
      overlaps(row, firstDenialAt - day, lastDenialAt + day),
  );
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
