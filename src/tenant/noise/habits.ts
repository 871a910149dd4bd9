import type { Random } from "../random.ts";
import { PLAIN } from "./plain.ts";
import { PROMPTED } from "./prompted.ts";
import type { Tell } from "./scene.ts";

/** How often each kind of sign-in happens, in 10,000. The remainder is satisfied by claim. */
const HABITS: readonly (readonly [weight: number, tell: Tell])[] = [
  [1400, PROMPTED.approved],
  [600, PLAIN.singleFactor],
  [300, PLAIN.wrongPassword],
  [200, PLAIN.nonInteractive],
  [150, PROMPTED.keepMeSignedIn],
  [120, PLAIN.otherSpelling],
  [90, PLAIN.challenged],
  [80, PROMPTED.timedOutTwice],
  [80, PLAIN.federated],
  [70, PROMPTED.radiusApproved],
  [60, PLAIN.blockedByPolicy],
  [60, PROMPTED.timedOut],
  [60, PROMPTED.wrongCode],
  [60, PROMPTED.wrongNumber],
  [60, PLAIN.deliveredTwice],
  [20, PLAIN.unclassified],
  [20, PROMPTED.duplicateAttempt],
  [20, PROMPTED.pendingFirst],
  [15, PROMPTED.radiusTimedOut],
  [10, PLAIN.lateRow],
  [10, PLAIN.consentDeclined],
  [10, PLAIN.resourceMissing],
  [5, PROMPTED.blockedUser],
];

export function habitOf(random: Random): Tell {
  let left = random.below(10_000);
  for (const [weight, tell] of HABITS) {
    left -= weight;
    if (left < 0) return tell;
  }
  return PLAIN.satisfiedByClaim;
}
