import type { Draft, Prompt } from "../attempt.ts";
import { npsApps } from "../clients.ts";
import { attemptOf, draftOf, promptOf, snapshotAfter } from "../drafts.ts";
import { detail, stepText, type PromptOutcome } from "../outcomes.ts";
import { secondMs } from "../time.ts";
import type { Scene, Tell } from "./scene.ts";

/** Either nobody answers for a minute, or somebody does within it. */
function answerMs(outcome: PromptOutcome, { random }: Scene): number {
  if (outcome === "noResponse") {
    return 60 * secondMs;
  }
  if (outcome === "pending" || outcome === "blocked") {
    return random.between(100, 900);
  }
  return random.between(3 * secondMs, 45 * secondMs);
}

/** One request with these prompts and one row after each. The step array grows from row to row. */
function prompts(scene: Scene, outcomes: readonly PromptOutcome[]): Draft[] {
  const { person, at, random } = scene;
  const attempt = attemptOf(person, at - 5 * secondMs, random);
  const told: Prompt[] = [];
  let askedAt = at;
  return outcomes.map((outcome) => {
    const answeredAt = askedAt + answerMs(outcome, scene);
    const pendingBefore = told.at(-1)?.outcome === "pending";
    // A pending prompt is sent once; the next row says how the same one ended.
    if (pendingBefore) {
      told.pop();
    }
    told.push(promptOf(askedAt, answeredAt, outcome));
    const id = told.length === 1 || random.chance(7000) ? attempt.requestId : random.guid();
    if (outcome !== "pending") {
      askedAt = answeredAt + random.between(4 * secondMs, 20 * secondMs);
    }
    const row = snapshotAfter(id, [...told], answeredAt + random.between(200, 900));
    return draftOf(
      attempt,
      { ...row, leakedFailure: outcome !== "approved" && random.chance(1500) },
      random,
    );
  });
}

/** "Stay signed in?" interrupts after the approval. The row that follows repeats the steps. */
function keepMeSignedIn(scene: Scene): Draft[] {
  return prompts(scene, ["approved"]).flatMap((draft) => {
    const later = {
      ...draft.snapshot,
      at: draft.snapshot.at + scene.random.between(2 * secondMs, 9 * secondMs),
    };
    return [
      { ...draft, snapshot: { ...draft.snapshot, resultType: "50140" } },
      draftOf(draft.attempt, later, scene.random),
    ];
  });
}

/** The NPS extension behind a VPN: no steps, no `IsInteractive`, and the outcome only in Status. */
function radius(scene: Scene, outcome: PromptOutcome): Draft[] {
  const { person, at, random } = scene;
  const attempt = attemptOf(person, at, random, {
    flow: "nps",
    app: random.pick(npsApps),
    address: person.office,
  });
  const approved = outcome === "approved";
  const additionalDetails = approved ? detail.completed : stepText[outcome];
  const resultType = approved ? "0" : "500121";
  return [
    draftOf(
      attempt,
      { at, id: attempt.requestId, resultType, additionalDetails, prompts: [] },
      random,
    ),
  ];
}

/** Prompts that nobody refuses. Several end in an approval. */
export const promptedSignIns = {
  approved: (scene) => prompts(scene, ["approved"]),
  keepMeSignedIn,
  pendingFirst: (scene) => prompts(scene, ["pending", "approved"]),
  timedOut: (scene) => prompts(scene, ["noResponse"]),
  timedOutTwice: (scene) => prompts(scene, ["noResponse", "noResponse", "approved"]),
  wrongCode: (scene) => prompts(scene, ["wrongCode", "wrongCode", "approved"]),
  wrongNumber: (scene) => prompts(scene, ["wrongNumber", "approved"]),
  duplicateAttempt: (scene) => prompts(scene, ["duplicate", "approved"]),
  blockedUser: (scene) => prompts(scene, ["blocked"]),
  radiusApproved: (scene) => radius(scene, "approved"),
  radiusTimedOut: (scene) => radius(scene, "noResponse"),
} satisfies Record<string, Tell>;

/** One denial each. The schedule keeps them hours apart, so that no rule fires on them. */
export const refusedPrompts = {
  misClick: (scene) => prompts(scene, ["denied", "approved"]),
  refusal: (scene) => prompts(scene, ["denied"]),
} satisfies Record<string, Tell>;
