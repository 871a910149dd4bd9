import { denied, lastOf, moments, type Strike } from "../attacks/plot.ts";
import type { Random } from "../random.ts";
import { minuteMs, secondMs } from "../time.ts";
import type { BenignKind } from "./kinds.ts";

/** The events of a harmless burst. Everything comes from where the user is. */
export interface BenignPlot {
  readonly strikes: readonly Strike[];
  readonly approvedAt: number | null;
  /** RADIUS rows of a VPN gateway. */
  readonly radius?: boolean;
  /** The device is not known yet. */
  readonly newDevice?: boolean;
}

interface Scene {
  readonly startAt: number;
  readonly random: Random;
}

type Script = (scene: Scene) => BenignPlot;

function refusals(
  { startAt, random }: Scene,
  [fewest, most]: readonly [number, number],
  [lowMs, highMs]: readonly [number, number],
): Strike[] {
  return denied(moments(startAt, random.between(fewest, most), lowMs, highMs, random));
}

function approval(strikes: readonly Strike[], { random }: Scene, perTenThousand: number) {
  return random.chance(perTenThousand)
    ? lastOf(strikes) + random.between(30 * secondMs, 4 * minuteMs)
    : null;
}

/** A mail app on the user's phone asks again and again. */
const ownPhoneNagging: Script = (scene) => {
  const strikes = refusals(scene, [3, 9], [25 * secondMs, 90 * secondMs]);
  return { strikes, approvedAt: approval(strikes, scene, 4000) };
};

/** The user refuses the prompts of a device that is being set up, then sees what they are for. */
const newDevice: Script = (scene) => {
  const strikes = refusals(scene, [2, 5], [30 * secondMs, 2 * minuteMs]);
  return { strikes, approvedAt: approval(strikes, scene, 9000), newDevice: true };
};

/** Somebody else holds the phone. */
const sharedPhone: Script = (scene) => ({
  strikes: refusals(scene, [3, 7], [40 * secondMs, 3 * minuteMs]),
  approvedAt: null,
});

/** The VPN client dials in again after each refusal. */
const vpnRetryStorm: Script = (scene) => {
  const strikes = refusals(scene, [6, 15], [20 * secondMs, 60 * secondMs]);
  return { strikes, approvedAt: approval(strikes, scene, 3000), radius: true };
};

/** Refusals, time-outs and an approval while somebody learns what a prompt is. */
const enrolment: Script = (scene) => {
  const strikes = refusals(scene, [1, 4], [30 * secondMs, 3 * minuteMs]);
  const unanswered: Strike = { at: lastOf(strikes) + 90 * secondMs, outcome: "noResponse" };
  return {
    strikes: [...strikes, unanswered],
    approvedAt: unanswered.at + scene.random.between(minuteMs, 5 * minuteMs),
    newDevice: true,
  };
};

/** An app signs in by itself a few times an hour. */
const appByItself: Script = (scene) => ({
  strikes: refusals(scene, [5, 14], [5 * minuteMs, 40 * minuteMs]),
  approvedAt: null,
});

export const benignScripts = {
  "own-phone-nagging": ownPhoneNagging,
  "new-device": newDevice,
  "shared-phone": sharedPhone,
  "vpn-retry-storm": vpnRetryStorm,
  enrolment,
  "app-by-itself": appByItself,
} satisfies Record<BenignKind, Script>;

/** Bursts per week among 100 people, unless other rates are given. */
export const usualRates = {
  "own-phone-nagging": 1,
  "new-device": 1.5,
  "shared-phone": 0.25,
  "vpn-retry-storm": 0.5,
  enrolment: 1,
  "app-by-itself": 0.5,
} satisfies Record<BenignKind, number>;
