import { isDenial, type PromptOutcome } from "../signin/outcome.ts";
import type { Sighting } from "../signin/sighting.ts";

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
  // Stryker disable next-line StringLiteral: any word will do that is no outcome.
  return isDenial(outcome) ? "denial" : outcome;
}

/** What all sightings of one prompt share. */
export type PromptKey = string | number;

/**
 * How a sighting is known to be of its prompt: by the time it was `sent`; by its `moment` (request, method
 * and second); `joined` by its moment to one whose time of sending is known; a `status` that stands in for
 * steps, or is `silenced` by one and adds no prompt.
 */
export type Identity =
  | { readonly by: "sent" | "moment" | "joined" | "status"; readonly prompt: PromptKey }
  | { readonly by: "silenced"; readonly prompt: null };

/**
 * Tells the sightings of one account apart. Depends on the set of them only, not on their order or
 * repetition.
 *
 * A step is known by the time its prompt was sent, else by request, method and second; a step without that
 * time is the sent one of the same request, method and second (of several, the one sent first). A Status
 * stands in for steps that are missing: it adds one prompt per request and family of outcomes, and none
 * where a step of that request and family is known.
 */
export function identifySightings(
  sightings: readonly Sighting[],
): (sighting: Sighting) => Identity {
  const sentAt = new Map<string, number>();
  const answered = new Set<string>();
  for (const step of sightings) {
    if (step.source === "status") {
      continue;
    }
    answered.add(answerOf(step));
    if (step.askedAt !== null) {
      const moment = momentOf(step);
      sentAt.set(moment, Math.min(step.askedAt, sentAt.get(moment) ?? Infinity));
    }
  }
  return (sighting) => {
    if (sighting.source === "status") {
      const answer = answerOf(sighting);
      return answered.has(answer)
        ? { by: "silenced", prompt: null }
        : { by: "status", prompt: answer };
    }
    if (sighting.askedAt !== null) {
      return { by: "sent", prompt: sighting.askedAt };
    }
    const moment = momentOf(sighting);
    const sent = sentAt.get(moment);
    return sent === undefined ? { by: "moment", prompt: moment } : { by: "joined", prompt: sent };
  };
}

/** The distinct prompts of one account by what identifies them; see `identifySightings`. */
export function groupPrompts(sightings: readonly Sighting[]): ReadonlyMap<PromptKey, Prompt> {
  const identify = identifySightings(sightings);
  const variants = new Map<PromptKey, Sighting[]>();
  for (const sighting of sightings) {
    const { prompt } = identify(sighting);
    if (prompt !== null) {
      add(variants, prompt, sighting);
    }
  }
  return new Map([...variants].map(([key, members]) => [key, resolve(members)]));
}

/** The distinct prompts of one account, oldest first. */
export function resolvePrompts(sightings: readonly Sighting[]): readonly Prompt[] {
  return [...groupPrompts(sightings).values()].toSorted(
    (a, b) => a.at - b.at || rank[b.outcome] - rank[a.outcome],
  );
}

function answerOf({ request, outcome }: Sighting): string {
  return `${family(outcome)} ${request}`;
}

/** The length keeps method and request apart, whatever they hold; a number never begins an answer. */
function momentOf({ request, method, second }: Sighting): string {
  return `${second} ${method.length} ${method} ${request}`;
}

function add(prompts: Map<PromptKey, Sighting[]>, key: PromptKey, sighting: Sighting): void {
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
    // Stryker disable next-line EqualityOperator: no two outcomes are of one rank.
    outcome = rank[sighting.outcome] > rank[outcome] ? sighting.outcome : outcome;
  }
  return { outcome, at, sightings };
}
