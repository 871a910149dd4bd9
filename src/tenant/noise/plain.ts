import type { Attempt, Snapshot } from "../attempt.ts";
import { attemptOf, draftOf } from "../drafts.ts";
import { detail } from "../outcomes.ts";
import { respell } from "../people.ts";
import { hourMs, minuteMs, secondMs } from "../time.ts";
import type { Scene, Tell } from "./scene.ts";

/** A request without any prompt, which is written in one row. */
function oneRow(
  scene: Scene,
  resultType: string,
  attempt: Partial<Attempt> = {},
  snapshot: Partial<Snapshot> = {},
  lateMs = 0,
): ReturnType<Tell> {
  const { person, at, random } = scene;
  const request = attemptOf(person, at - 5 * secondMs, random, attempt);
  const row = { at, id: request.requestId, resultType, prompts: [], ...snapshot };
  return [draftOf(request, row, random, lateMs)];
}

const byClaim = { mfaByClaim: true, additionalDetails: detail.byClaim };

const consentDeclined = "User declined to consent to access the app.";

/** Sign-ins without an MFA prompt: nine in ten rows of a tenant. */
export const plainSignIns = {
  satisfiedByClaim: (scene) => oneRow(scene, "0", { firstFactor: "claim" }, byClaim),
  otherSpelling: (scene) =>
    oneRow(
      scene,
      "0",
      { firstFactor: "claim" },
      { ...byClaim, upn: respell(scene.person.upn, scene.random.below(4)) },
    ),
  lateRow: (scene) =>
    oneRow(
      scene,
      "0",
      { firstFactor: "claim" },
      byClaim,
      scene.random.between(hourMs, 48 * hourMs),
    ),
  deliveredTwice: (scene) =>
    oneRow(scene, "0", { firstFactor: "claim" }, byClaim).flatMap((draft) => [
      draft,
      { ...draft, publishedAt: draft.publishedAt + scene.random.between(minuteMs, 5 * minuteMs) },
    ]),
  singleFactor: (scene) => oneRow(scene, "0", { mfaRequired: false }),
  wrongPassword: (scene) => oneRow(scene, "50126", { firstFactor: "wrongPassword" }),
  blockedByPolicy: (scene) => oneRow(scene, "53003"),
  challenged: (scene) =>
    oneRow(
      scene,
      scene.random.chance(5000) ? "50074" : "50076",
      {},
      { additionalDetails: detail.required },
    ),
  consentDeclined: (scene) => oneRow(scene, "65004", {}, { additionalDetails: consentDeclined }),
  resourceMissing: (scene) => oneRow(scene, "500011"),
  unclassified: (scene) => oneRow(scene, "500121", {}, { additionalDetails: detail.generic }),
  nonInteractive: (scene) =>
    oneRow(scene, "0", { firstFactor: "claim", flow: "nonInteractive" }, byClaim),
  federated: (scene) =>
    oneRow(
      scene,
      "0",
      { firstFactor: "federated", flow: "adfs" },
      { additionalDetails: detail.byProvider },
    ),
} satisfies Record<string, Tell>;
