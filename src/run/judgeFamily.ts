import type { ContextOf } from "../detection/context/context.ts";
import type { Decision } from "../detection/decisions/decision.ts";
import { judge } from "../detection/decisions/judge.ts";
import { incidentId } from "../detection/incidents/identity.ts";
import type { Approval } from "../detection/signin/sighting.ts";
import type { AccountCase } from "./accountCases.ts";
import type { FamilyView } from "./familyView.ts";
import type { Detector } from "./detector.ts";

const day = 86_400_000;

/** An account with everything the sign-in log says about it. */
export interface KnownCase extends AccountCase {
  readonly approvals: readonly Approval[];
}

/** @param contextOf if absent, no context is looked up */
export function judgeFamily(
  { clock, retentionMs }: Pick<Detector, "clock" | "retentionMs">,
  { bounded, approvals }: KnownCase,
  { head, views }: FamilyView,
  contextOf?: ContextOf,
): readonly Decision[] {
  return judge({
    subject: head.subject,
    recorded: head.bursts,
    views,
    approvals,
    incidentId,
    openFrom: clock.now() - (retentionMs - day),
    bounded,
    ...(contextOf === undefined ? {} : { contextOf }),
  });
}
