import { isDenial, type PromptOutcome } from "../signin/outcome.ts";
import type { Sighting } from "../signin/sighting.ts";
import { resolveRequests } from "./request.ts";

/** One MFA challenge put to a user, whatever the number of rows and steps that show it. */
export interface Prompt {
  readonly outcome: PromptOutcome;
  /** The earliest time that a final sighting gives; that of a pending one only where there is no other. */
  readonly at: number;
  /** With the one name that their requests have. */
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

/** What all sightings of one prompt share. */
export type PromptKey = string | number;

/**
 * How a sighting is known to be of its prompt: by the time it was `sent`; by its `moment` (request, method
 * and second); `joined` by its moment to one whose time of sending is known; a `status` that stands in for
 * steps; one that `lent` its class to a step; or one that is `silenced` by a step and adds no prompt. `none`: the row
 * shows no prompt.
 */
export type Identity =
  | { readonly by: "sent" | "moment" | "joined" | "status" | "lent"; readonly prompt: PromptKey }
  | { readonly by: "silenced" | "none"; readonly prompt: null };

/** An array that was cut off lacks its last step. A Status further than this from every denial step tells of that one. */
const cutOffMs = 60_000;

/**
 * Tells the sightings of one account apart. Depends on the set of them only, not on their order or
 * repetition.
 */
export function matchPrompts(sightings: readonly Sighting[]): (sighting: Sighting) => Identity {
  const requestOf = resolveRequests(sightings);
  const steps = new SentSteps(requestOf);
  const answered = new Set<string>();
  const denialsAt = new Map<string, number[]>();
  const whole = new Set<string>();
  for (const sighting of sightings) {
    const request = requestOf(sighting);
    if (sighting.details === "whole") {
      whole.add(request);
    }
    if (sighting.source === "step") {
      steps.add(sighting);
      answered.add(answerOf(sighting.outcome, request));
      if (isDenial(sighting.outcome)) {
        const times = denialsAt.get(request) ?? [];
        times.push(sighting.at);
        denialsAt.set(request, times);
      }
    }
  }
  const isSilenced = ({ outcome, at }: Sighting, request: string) => {
    if (!isDenial(outcome)) {
      return answered.has(answerOf(outcome, request));
    }
    const denials = denialsAt.get(request);
    return (
      denials !== undefined &&
      (whole.has(request) || denials.some((each) => Math.abs(each - at) <= cutOffMs))
    );
  };
  return (sighting) => {
    switch (sighting.source) {
      case "none":
        return { by: "none", prompt: null };
      case "step":
        return steps.identityOf(sighting);
      case "status": {
        const request = requestOf(sighting);
        if (!isSilenced(sighting, request)) {
          return { by: "status", prompt: answerOf(sighting.outcome, request) };
        }
        return sighting.lends
          ? { by: "lent", prompt: steps.identityOf({ ...sighting, outcome: "denied" }).prompt }
          : { by: "silenced", prompt: null };
      }
    }
  };
}

/** Refusals answer for each other: a fraud report and a "declined" Status are one refusal. */
function answerOf(outcome: PromptOutcome, request: string): string {
  return `${isDenial(outcome) ? "denial" : outcome} ${request}`;
}

/**
 * Steps by the time at which their prompt was sent, else by request, method and second. A step without that time is
 * the sent one of the same moment; of several, the one of the same outcome, else the one sent first.
 */
class SentSteps {
  readonly #requestOf: (step: Sighting) => string;
  /** By moment, with and without the outcome. */
  readonly #sentAt = new Map<string, number>();

  constructor(requestOf: (step: Sighting) => string) {
    this.#requestOf = requestOf;
  }

  add(step: Sighting): void {
    if (step.askedAt !== null) {
      const moment = this.#momentOf(step);
      for (const name of [moment, `${step.outcome} ${moment}`]) {
        this.#sentAt.set(name, Math.min(step.askedAt, this.#sentAt.get(name) ?? Infinity));
      }
    }
  }

  identityOf(step: Sighting): Extract<Identity, { readonly prompt: PromptKey }> {
    if (step.askedAt !== null) {
      return { by: "sent", prompt: step.askedAt };
    }
    const moment = this.#momentOf(step);
    const sent = this.#sentAt.get(`${step.outcome} ${moment}`) ?? this.#sentAt.get(moment);
    return sent === undefined ? { by: "moment", prompt: moment } : { by: "joined", prompt: sent };
  }

  /** The length keeps method and request apart, whatever they hold; a number never begins an answer. */
  #momentOf(step: Sighting): string {
    const { method, second } = step;
    return `${second} ${method.length} ${method} ${this.#requestOf(step)}`;
  }
}

/** The distinct prompts of one account by what identifies them; see `matchPrompts`. */
export function groupPrompts(sightings: readonly Sighting[]): ReadonlyMap<PromptKey, Prompt> {
  const requestOf = resolveRequests(sightings);
  const match = matchPrompts(sightings);
  const variants = new Map<PromptKey, Sighting[]>();
  for (const sighting of sightings) {
    const { prompt } = match(sighting);
    if (prompt !== null) {
      const request = requestOf(sighting);
      add(variants, prompt, request === sighting.request ? sighting : { ...sighting, request });
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

/** A prompt counts where any of its sightings shows an outcome that does: a refusal that was also reported as fraud is a refusal. */
export function isCounted({ sightings }: Prompt, counted: readonly PromptOutcome[]): boolean {
  return sightings.some(({ outcome }) => counted.includes(outcome));
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
  const outcome = sightings
    .map((each) => each.outcome)
    .reduce((best, each) => (rank[each] > rank[best] ? each : best));
  const final = sightings.filter((each) => each.outcome !== "pending");
  // A Status that lent its class to a step does not say when the step was answered.
  const steps = final.filter(({ source }) => source === "step");
  const timed = steps.length > 0 ? steps : final.length > 0 ? final : sightings;
  return { outcome, at: timed.reduce((at, each) => Math.min(at, each.at), Infinity), sightings };
}
