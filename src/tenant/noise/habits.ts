import type { Random } from "../random.ts";
import { plainSignIns } from "./plain.ts";
import { promptedSignIns } from "./prompted.ts";
import type { Tell } from "./scene.ts";

/** How often each kind of sign-in happens, in 10,000. All others are satisfied by claim. */
const habits: readonly (readonly [weight: number, tell: Tell])[] = [
  [1400, promptedSignIns.approved],
  [600, plainSignIns.singleFactor],
  [300, plainSignIns.wrongPassword],
  [200, plainSignIns.nonInteractive],
  [150, promptedSignIns.keepMeSignedIn],
  [120, plainSignIns.otherSpelling],
  [90, plainSignIns.challenged],
  [80, promptedSignIns.timedOutTwice],
  [80, plainSignIns.federated],
  [70, promptedSignIns.radiusApproved],
  [60, plainSignIns.blockedByPolicy],
  [60, promptedSignIns.timedOut],
  [60, promptedSignIns.wrongCode],
  [60, promptedSignIns.wrongNumber],
  [60, plainSignIns.deliveredTwice],
  [20, plainSignIns.unclassified],
  [20, promptedSignIns.duplicateAttempt],
  [20, promptedSignIns.pendingFirst],
  [15, promptedSignIns.radiusTimedOut],
  [10, plainSignIns.lateRow],
  [10, plainSignIns.consentDeclined],
  [10, plainSignIns.resourceMissing],
  [5, promptedSignIns.blockedUser],
];

export function habitOf(random: Random): Tell {
  let left = random.below(10_000);
  for (const [weight, tell] of habits) {
    left -= weight;
    if (left < 0) {
      return tell;
    }
  }
  return plainSignIns.satisfiedByClaim;
}
