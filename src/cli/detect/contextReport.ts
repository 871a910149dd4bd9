import type { Context } from "../../detection/context/context.ts";
import { formatTime } from "../../detection/signin/time.ts";

/** Returns the context of a finding with its times as text; null if it was not looked up. */
export function toContextReport(context: Context | null) {
  if (context === null) {
    return null;
  }
  const { origins, password, spray, successes, reports, followed, campaign, gaps } = context;
  const at = <T extends { readonly at: number }>(each: T) => ({ ...each, at: formatTime(each.at) });
  return {
    origins,
    password,
    spray: spray && { ...spray, from: formatTime(spray.from), to: formatTime(spray.to) },
    successes: successes.map(at),
    reports: reports.map(at),
    followed: followed.map(at),
    campaign,
    gaps,
  };
}
