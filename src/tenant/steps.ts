import type { Attempt, Prompt, Snapshot } from "./attempt.ts";
import { detail, stepText, reasonOf } from "./outcomes.ts";
import { pretty, ticks, wholeSecond } from "./text.ts";

function satisfiedBefore(attempt: Attempt, snapshot: Snapshot): unknown {
  return {
    authenticationStepDateTime: ticks(attempt.startedAt),
    authenticationMethod: "Previously satisfied",
    succeeded: true,
    authenticationStepResultDetail:
      snapshot.mfaByClaim === true
        ? detail.byClaim
        : "First factor requirement satisfied by claim in the token",
    authenticationStepRequirement: "Primary authentication",
    StatusSequence: 0,
    RequestSequence: 0,
  };
}

function firstStep(attempt: Attempt, snapshot: Snapshot): unknown {
  if (attempt.firstFactor === "claim") {
    return satisfiedBefore(attempt, snapshot);
  }
  const succeeded = attempt.firstFactor !== "wrongPassword";
  const right =
    snapshot.leakedFailure === true ? reasonOf(snapshot.resultType) : "Correct password";
  return {
    authenticationStepDateTime: ticks(attempt.startedAt),
    authenticationMethod: "Password",
    authenticationMethodDetail:
      attempt.firstFactor === "federated" ? "Federated" : "Password in the cloud",
    succeeded,
    authenticationStepResultDetail: succeeded ? right : reasonOf("50126"),
    authenticationStepRequirement: "Primary authentication",
    StatusSequence: 0,
    RequestSequence: 1,
  };
}

function promptStep(prompt: Prompt, sequences: boolean): unknown {
  const step = {
    authenticationStepDateTime: wholeSecond(prompt.answeredAt),
    authenticationMethod: prompt.method,
    succeeded: prompt.outcome === "approved",
    authenticationStepResultDetail: stepText[prompt.outcome],
    authenticationStepRequirement: "Primary authentication",
  };
  if (!sequences) {
    return step;
  }
  return { ...step, StatusSequence: prompt.answeredAt, RequestSequence: prompt.askedAt };
}

/** Returns `AuthenticationDetails`: every step of the request up to this row. */
export function authenticationDetails(attempt: Attempt, snapshot: Snapshot): string {
  if (attempt.flow === "nps" || attempt.flow === "adfs") {
    return "[]";
  }
  if (snapshot.additionalDetails === detail.generic) {
    return "[]";
  }
  const steps = [firstStep(attempt, snapshot)];
  for (const prompt of snapshot.prompts) {
    steps.push(promptStep(prompt, snapshot.sequences !== false));
  }
  return pretty(steps);
}
