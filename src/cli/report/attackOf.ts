import { shownName } from "../../detection/signin/account.ts";
import type { Reported } from "../../run/detectRecords.ts";
import type { Attack } from "../verdict/harm.ts";

/** A finding as the verdict looks at it. */
export function attackOf({ subject, finding: { facts, context } }: Reported): Attack {
  const { severity, triggeredAt, approval } = facts;
  return { user: shownName(subject), severity, triggeredAt, approval, context };
}
