import type { Extent } from "../bursts/windowing.ts";
import type { Finding } from "./finding.ts";
import type { Judgement } from "./findingOf.ts";
import { commonWindow } from "./neighbourhood.ts";
import { incidentName, type RecordedBurst, type Subject } from "./record.ts";
import { holdTold, toldOf, type ToldContext } from "./told.ts";

/** Returns the record of a finding that has none yet. */
export function newBurst(judgement: Judgement, finding: Finding, extent: Extent): RecordedBurst {
  const { subject } = judgement;
  const { rules, facts } = finding;
  const [opener] = rules;
  const { kind, windowMs } = commonWindow(rules);
  return {
    id: judgement.incidentId(incidentName(subject, facts.firstDenialAt, opener.id)),
    firstRecordedAt: facts.firstDenialAt,
    extent,
    kind,
    windowMs,
    ...rulesField(
      subject,
      rules.map(({ id }) => id),
    ),
    facts,
    ...toldField(null, finding),
    mergedInto: null,
    revision: 1,
    severitySince: 1,
  };
}

/** Present only if something was looked up, now or before. */
export function toldField(
  before: ToldContext | null,
  { context }: Pick<Finding, "context">,
): Pick<RecordedBurst, "told"> {
  const found = context === null ? null : toldOf(context);
  const told = before === null ? found : holdTold(before, found);
  return told === null ? {} : { told };
}

/** Present only if it says more than the subject does. */
export function rulesField(
  subject: Subject,
  rules: readonly string[],
): Pick<RecordedBurst, "rules"> {
  return rules.length === 1 && rules[0] === subject.rule ? {} : { rules };
}
