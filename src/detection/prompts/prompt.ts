import { isDenial, type PromptOutcome } from "../signin/outcome.ts";
import type { Sighting } from "../signin/sighting.ts";
import { resolveRequests } from "./request.ts";

/** One MFA challenge sent to a user, however many rows and steps show it. */
export interface Prompt {
  readonly outcome: PromptOutcome;
  /** The earliest time in a final sighting, or in a pending one if there is no other. */
  readonly at: number;
  /** All with the same request name. */
  readonly sightings: readonly Sighting[];
}

/**
 * Decides between two outcomes of one prompt: a refusal wins over any other end, and an end over "in progress". No
 * two ranks are equal, so that the order of arrival never matters.
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
 * How a sighting is matched to its prompt: by the time it was `sent`; by its `moment` (request, method and second);
 * `joined` by its moment to one whose sending time is known; a `status` that replaces steps; one that `lent` its
 * class to a step; or one that is `silenced` by a step and adds no prompt. `none`: the row shows no prompt.
 */
export type Identity =
  | { readonly by: "sent" | "moment" | "joined" | "status" | "lent"; readonly prompt: PromptKey }
  | { readonly by: "silenced" | "none"; readonly prompt: null };

/**
 * An array that was cut off lacks its last step. A Status further than this (ms) from every denial step belongs to
 * that missing step.
 */
const cutOffMs = 60_000;

/**
 * Matches the sightings of one account to prompts. The result depends only on the set of sightings, not on order or
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

/** All refusals have the same key, because a fraud report and a "declined" Status are one refusal. */
function answerOf(outcome: PromptOutcome, request: string): string {
  return `${isDenial(outcome) ? "denial" : outcome} ${request}`;
}

/**
 * Finds steps by the time at which their prompt was sent, or else by request, method and second. A step without a
 * sending time is the same as one sent at the same moment. Of several, it is the one with the same outcome, or else
 * the one sent first.
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

  /** The length separates method and request, whatever they contain. An answer never begins with a number. */
  #momentOf(step: Sighting): string {
    const { method, second } = step;
    return `${second} ${method.length} ${method} ${this.#requestOf(step)}`;
  }
}

/** Groups the distinct prompts of one account by what identifies them; see `matchPrompts`. */
export function groupPrompts(sightings: readonly Sighting[]): ReadonlyMap<PromptKey, Prompt> {
  const requestOf = resolveRequests(sightings);
  const match = matchPrompts(sightings);
  const variants = new Map<PromptKey, Sighting[]>();
  for (const sighting of sightings) {
    const { prompt } = match(sighting);
    if (prompt !== null) {
      const request = requestOf(sighting);
      add(variants, prompt, request === sighting.request ? sighting : renamed(sighting, request));
    }
  }
  return new Map([...variants].map(([key, members]) => [key, resolve(members)]));
}

/** Maps sightings that were given another request name to the originals. */
const originals = new WeakMap<Sighting, Sighting>();

function renamed(sighting: Sighting, request: string): Sighting {
  const copy = { ...sighting, request };
  originals.set(copy, sighting);
  return copy;
}

/** Returns the original sighting, which is the same object in whatever set of sightings it was resolved. */
export function originalOf(sighting: Sighting): Sighting {
  return originals.get(sighting) ?? sighting;
}

/** Returns the distinct prompts of one account, oldest first. */
export function resolvePrompts(sightings: readonly Sighting[]): readonly Prompt[] {
  return [...groupPrompts(sightings).values()].toSorted(
    (a, b) => a.at - b.at || rank[b.outcome] - rank[a.outcome],
  );
}

/**
 * Reports whether any sighting of a prompt has an outcome that counts. A refusal that was also reported as fraud is
 * a refusal.
 */
export function isCounted(
  { sightings }: Pick<Prompt, "sightings">,
  counted: readonly PromptOutcome[],
): boolean {
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
  // A Status that lent its class to a step does not show when the step was answered.
  const steps = final.filter(({ source }) => source === "step");
  const timed = steps.length > 0 ? steps : final.length > 0 ? final : sightings;
  return { outcome, at: timed.reduce((at, each) => Math.min(at, each.at), Infinity), sightings };
}
