/** Bursts of refusals that are not an attack. Each kind has a script in `scripts.ts`. */
export type BenignKind =
  | "own-phone-nagging"
  | "new-device"
  | "shared-phone"
  | "vpn-retry-storm"
  | "enrolment"
  | "app-by-itself";

/** The number of bursts of a kind that 100 people have in a week. */
export interface BenignRate {
  readonly kind: BenignKind;
  readonly perWeek: number;
}

/** A harmless burst as it really was. Times are epoch milliseconds. */
export interface TrueBenign {
  readonly kind: BenignKind;
  readonly tenantId: string;
  /** The user's name in lower case. */
  readonly user: string;
  readonly userId: string;
  readonly denials: number;
  readonly firstDenialAt: number;
  readonly lastDenialAt: number;
  /** The user's own approval at the end; null if there is none. */
  readonly approvedAt: number | null;
}
