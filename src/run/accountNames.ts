import { allNames, type Account } from "../detection/signin/account.ts";
import type { Evidence, Finding } from "../detection/decisions/finding.ts";
import { distinct } from "../detection/context/origins.ts";

/** Returns the names that the logs may use for the account of a finding: its own, and the ids in its rows. */
export function namesOf(
  account: Account,
  { denials, evidence }: Pick<Finding, "denials"> & { readonly evidence: Pick<Evidence, "userId"> },
): readonly string[] {
  const ids = denials.flatMap(({ sightings }) => sightings.map(({ origin }) => origin.userId));
  return distinct([...allNames(account), evidence.userId, ...ids]);
}
