/** The watermark never moves over rows that are not recorded. */
import type { RecordedBurst } from "../../src/detection/decisions/record.ts";
import type { PublishedRow } from "../run/fakeLog.ts";
import { toMinute, type State } from "./azureOutcome.ts";

/** What a run did, as far as it came. */
export interface Ran {
  readonly before: State;
  readonly after: State;
}

/**
 * @param whole the record in the end, when all rows were read
 * @returns bursts of which everything was published before the watermark that the run left, and after the one
 *   that it found, and that are not recorded nevertheless
 */
export function passedOver(
  { before, after }: Ran,
  whole: State,
  rows: readonly PublishedRow[],
): readonly string[] {
  const recorded = new Map(burstsOf(after).map(({ burst }) => [burst.id, burst.extent]));
  return burstsOf(whole).flatMap(({ user, burst }) => {
    const published = publishedBy(rows, user, burst);
    const isPassed = published >= (before.watermark ?? "") && published < (after.watermark ?? "");
    const { from = Infinity, to = -Infinity } = recorded.get(burst.id) ?? {};
    const isWhole = from <= burst.extent.from && to >= burst.extent.to;
    return isPassed && !isWhole ? [`${user} ${burst.id}, published ${published}`] : [];
  });
}

function burstsOf({ heads }: State) {
  return heads.flatMap(({ subject: { user }, bursts }) => bursts.map((burst) => ({ user, burst })));
}

/** When the last row of a burst and of its approval was published; to the minute. */
function publishedBy(
  rows: readonly PublishedRow[],
  user: string,
  { extent, facts }: RecordedBurst,
): string {
  const to = Math.max(extent.to, facts.approval?.at ?? 0);
  const tells = rows.filter(({ row }) => {
    const at = Date.parse(String(row["CreatedDateTime"]));
    const isOwn = row["UserId"] === user || row["UserPrincipalName"] === user;
    return isOwn && at >= extent.from && at <= to;
  });
  if (tells.length === 0) {
    throw new Error(`no row of ${user} is known`);
  }
  return toMinute(Math.max(...tells.map(({ publishedAt }) => publishedAt)));
}
