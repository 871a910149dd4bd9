import type { Attempt, Snapshot } from "../attempt.ts";
import { attemptOf, draftOf } from "../drafts.ts";
import { DETAIL } from "../outcomes.ts";
import { respell } from "../people.ts";
import { HOUR, MINUTE, SECOND } from "../time.ts";
import type { Scene, Tell } from "./scene.ts";

/** A request that puts no prompt to anybody and is written in one row. */
function oneRow(
  scene: Scene,
  resultType: string,
  attempt: Partial<Attempt> = {},
  snapshot: Partial<Snapshot> = {},
  lateMs = 0,
): ReturnType<Tell> {
  const { person, at, random } = scene;
  const request = attemptOf(person, at - 5 * SECOND, random, attempt);
  const row = { at, id: request.requestId, resultType, prompts: [], ...snapshot };
  return [draftOf(request, row, random, lateMs)];
}

const BY_CLAIM = { mfaByClaim: true, additionalDetails: DETAIL.byClaim };

const CONSENT_DECLINED = "User declined to consent to access the app.";

/** Sign-ins without an MFA prompt: nine in ten rows of a tenant. */
export const PLAIN = {
  satisfiedByClaim: (scene) => oneRow(scene, "0", { firstFactor: "claim" }, BY_CLAIM),
  otherSpelling: (scene) =>
    oneRow(
      scene,
      "0",
      { firstFactor: "claim" },
      { ...BY_CLAIM, upn: respell(scene.person.upn, scene.random.below(4)) },
    ),
  lateRow: (scene) =>
    oneRow(scene, "0", { firstFactor: "claim" }, BY_CLAIM, scene.random.between(HOUR, 48 * HOUR)),
  deliveredTwice: (scene) =>
    oneRow(scene, "0", { firstFactor: "claim" }, BY_CLAIM).flatMap((draft) => [
      draft,
      { ...draft, publishedAt: draft.publishedAt + scene.random.between(MINUTE, 5 * MINUTE) },
    ]),
  singleFactor: (scene) => oneRow(scene, "0", { mfaRequired: false }),
  wrongPassword: (scene) => oneRow(scene, "50126", { firstFactor: "wrongPassword" }),
  blockedByPolicy: (scene) => oneRow(scene, "53003"),
  challenged: (scene) =>
    oneRow(
      scene,
      scene.random.chance(5000) ? "50074" : "50076",
      {},
      { additionalDetails: DETAIL.required },
    ),
  consentDeclined: (scene) => oneRow(scene, "65004", {}, { additionalDetails: CONSENT_DECLINED }),
  resourceMissing: (scene) => oneRow(scene, "500011"),
  unclassified: (scene) => oneRow(scene, "500121", {}, { additionalDetails: DETAIL.generic }),
  nonInteractive: (scene) =>
    oneRow(scene, "0", { firstFactor: "claim", flow: "nonInteractive" }, BY_CLAIM),
  federated: (scene) =>
    oneRow(
      scene,
      "0",
      { firstFactor: "federated", flow: "adfs" },
      { additionalDetails: DETAIL.byProvider },
    ),
} satisfies Record<string, Tell>;
