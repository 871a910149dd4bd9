/** One death to be tried, of all that a recording shows to be possible. */
import type { Outcome } from "./azureOutcome.ts";
import { moments, type CrashPoint } from "./crashPoints.ts";
import type { Step } from "./crashScenarios.ts";

/** What an undisturbed play of a scenario showed. */
export interface Recording {
  readonly outcome: Outcome;
  /** The steps in which a process dies. */
  readonly steps: readonly RecordedStep[];
}

export interface RecordedStep {
  readonly step: Step;
  readonly requests: readonly string[];
}

/** One trial: a process dies in this step, at this point. */
export interface Trial extends CrashPoint {
  readonly recording: Recording;
  readonly step: RecordedStep;
}

export function trialsOf(recording: Recording): readonly Trial[] {
  return recording.steps.flatMap((step) =>
    step.requests.flatMap((_, index) =>
      moments.map((moment) => ({ recording, step, number: index + 1, moment })),
    ),
  );
}

/** For people. */
export function placeOf({ step: { step, requests }, number, moment }: Trial): string {
  const when = { before: "before", acted: "within", answered: "after" }[moment];
  return `${new Date(step.at).toISOString()} ${when} request ${number}, ${requests[number - 1]}`;
}
