import { shownName } from "../../detection/signin/account.ts";
import type { Reported } from "../../run/detectRecords.ts";
import type { Attack } from "../verdict/harm.ts";

/** Returns the parts of a finding that the verdict needs. */
export function attackOf({ subject, finding: { facts, context } }: Reported): Attack {
  const { severity, triggeredAt, approval } = facts;
  return { user: shownName(subject), severity, triggeredAt, approval, context };
}
