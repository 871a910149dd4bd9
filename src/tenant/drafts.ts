import type { Attempt, Draft, MfaMethod, Prompt, Snapshot } from "./attempt.ts";
import { apps } from "./clients.ts";
import { detail, stepText, type PromptOutcome } from "./outcomes.ts";
import type { Person } from "./people.ts";
import type { Random } from "./random.ts";
import { minuteMs, secondMs } from "./time.ts";

/** The log publishes a row 2 to 12 minutes after the sign-in, and ingests it soon after. */
export function draftOf(attempt: Attempt, snapshot: Snapshot, random: Random, lateMs = 0): Draft {
  const generatedAt = snapshot.at + random.between(2 * minuteMs, 12 * minuteMs);
  const publishedAt = generatedAt + random.between(10 * secondMs, 60 * secondMs) + lateMs;
  return { attempt, snapshot, generatedAt, publishedAt };
}

/** Returns an ordinary request of this person. `different` overrides parts of it. */
export function attemptOf(
  person: Person,
  startedAt: number,
  random: Random,
  different: Partial<Attempt> = {},
): Attempt {
  return {
    person,
    requestId: random.guid(),
    correlationId: random.guid(),
    sessionId: random.guid(),
    flow: "interactive",
    firstFactor: "password",
    startedAt,
    address: random.chance(6000) ? person.office : person.home,
    place: person.site,
    client: person.client,
    ownDevice: true,
    app: random.pick(apps),
    mfaRequired: true,
    ...different,
  };
}

function methodFor(outcome: PromptOutcome): MfaMethod {
  return outcome === "wrongCode" ? "OATH verification code" : "Mobile app notification";
}

export function promptOf(askedAt: number, answeredAt: number, outcome: PromptOutcome): Prompt {
  return { askedAt, answeredAt, outcome, method: methodFor(outcome) };
}

/** Returns the row that is written when the last of these prompts has been answered. */
export function snapshotAfter(id: string, prompts: readonly Prompt[], at: number): Snapshot {
  const outcome = prompts.at(-1)?.outcome ?? "approved";
  const success = outcome === "approved" || outcome === "pending";
  return {
    at,
    id,
    resultType: success ? "0" : "500121",
    additionalDetails: outcome === "approved" ? detail.completed : stepText[outcome],
    prompts,
  };
}
