import type { Finding } from "../detection/decisions/finding.ts";
import { distinct } from "../detection/context/origins.ts";

/** What the logs may call the account of a finding: its key, and the ids that its own rows have. */
export function namesOf(
  user: string,
  { denials, evidence }: Pick<Finding, "denials" | "evidence">,
): readonly string[] {
  const ids = denials.flatMap(({ sightings }) => sightings.map(({ origin }) => origin.userId));
  return distinct([user, evidence.userId, ...ids]);
}
