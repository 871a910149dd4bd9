import { isDenial, type PromptOutcome } from "./outcome.ts";
import type { Sighting } from "./sighting.ts";

/** One MFA challenge put to a user, whatever the number of rows and steps that show it. */
export interface Prompt {
  readonly outcome: PromptOutcome;
  /** The earliest time that any of its sightings gives. */
  readonly at: number;
  readonly sightings: readonly Sighting[];
}

/**
 * Which of two accounts of one prompt holds: a refusal before any other end, an end before "in progress".
 * No two are equal, so that the order of arrival never decides.
 */
const rank = {
  fraudReported: 8,
  denied: 7,
  wrongNumber: 6,
  noResponse: 5,
  wrongCode: 4,
  duplicateAttempt: 3,
  blocked: 2,
  technical: 1,
  pending: 0,
} as const satisfies Record<PromptOutcome, number>;

/** Refusals answer for each other: a fraud report step and a "declined" Status are one refusal. */
function family(outcome: PromptOutcome): string {
  return isDenial(outcome) ? "denial" : outcome;
}

/**
 * The distinct prompts of one account, oldest first. Depends on the set of sightings only, not on their
 * order or repetition.
 *
 * A step is known by the time its prompt was sent, else by request, method and second; a step without that
 * time is the sent one of the same request, method and second (of several, the one sent first). A Status
 * stands in for steps that are missing: it adds one prompt per request and family of outcomes, and none
 * where a step of that request and family is known.
 */
export function resolvePrompts(sightings: readonly Sighting[]): readonly Prompt[] {
  const steps = sightings.filter((sighting) => sighting.source === "step");
  const sentAt = new Map<string, number>();
  const answered = new Set<string>();
  for (const step of steps) {
    answered.add(JSON.stringify([step.request, family(step.outcome)]));
    if (step.askedAt !== null) {
      const moment = momentOf(step);
      sentAt.set(moment, Math.min(step.askedAt, sentAt.get(moment) ?? Infinity));
    }
  }
  const prompts = new Map<string | number, Sighting[]>();
  for (const step of steps) {
    const moment = momentOf(step);
    add(prompts, step.askedAt ?? sentAt.get(moment) ?? moment, step);
  }
  for (const sighting of sightings) {
    const stands = JSON.stringify([sighting.request, family(sighting.outcome)]);
    if (sighting.source === "status" && !answered.has(stands)) {
      add(prompts, stands, sighting);
    }
  }
  return [...prompts.values()]
    .map(resolve)
    .toSorted((a, b) => a.at - b.at || rank[b.outcome] - rank[a.outcome]);
}

function momentOf(step: Sighting): string {
  return JSON.stringify([step.request, step.method, step.second]);
}

function add(
  prompts: Map<string | number, Sighting[]>,
  key: string | number,
  sighting: Sighting,
): void {
  const variants = prompts.get(key);
  if (variants === undefined) {
    prompts.set(key, [sighting]);
  } else {
    variants.push(sighting);
  }
}

function resolve(sightings: readonly Sighting[]): Prompt {
  let at = Infinity;
  let outcome: PromptOutcome = "pending";
  for (const sighting of sightings) {
    at = Math.min(at, sighting.at);
    outcome = rank[sighting.outcome] > rank[outcome] ? sighting.outcome : outcome;
  }
  return { outcome, at, sightings };
}
