import { distinct } from "../detection/context/origins.ts";
import type { KnownFinding, Names } from "../detection/context/rows.ts";
import type { Finding } from "../detection/decisions/finding.ts";
import type { RecordedBurst } from "../detection/decisions/record.ts";
import type { Account } from "../detection/signin/account.ts";
import type { Approval } from "../detection/signin/sighting.ts";
import { namesOf } from "./accountNames.ts";
import type { ContextWish } from "./lookUpContext.ts";

/** @param approvals of the account; those from the trigger on may belong to the finding */
export function wishOf(
  account: Account,
  finding: Finding,
  approvals: readonly Approval[],
): ContextWish {
  const { firstDenialAt, lastDenialAt, triggeredAt } = finding.facts;
  const refused = finding.denials.flatMap(({ sightings }) =>
    sightings.map(({ origin }) => origin.ipAddress),
  );
  const approved = approvals
    .filter(({ at }) => at >= triggeredAt)
    .map(({ ipAddress }) => ipAddress);
  return {
    names: namesOf(account, finding),
    firstDenialAt,
    lastDenialAt,
    addresses: distinct([...refused, ...approved]),
  };
}

/** Returns a finding in the form that campaign detection takes. */
export function findingIn(burst: RecordedBurst, names: Names): KnownFinding {
  const { firstDenialAt, lastDenialAt } = burst.facts;
  const campaign = burst.told?.campaign ?? null;
  return { names, id: burst.id, firstDenialAt, lastDenialAt, campaign };
}
