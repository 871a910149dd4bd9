/** What became of an incident, as somebody decided who looked at it. */
export interface IncidentLabel {
  /** Names and ids of the user, in lower case. */
  readonly names: readonly string[];
  /** First and last activity, epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly isAttack: boolean;
}

/** The labels of a history. */
export interface IncidentLabels {
  readonly labels: readonly IncidentLabel[];
  /** Whether every attack has a label, so that what has none is no attack. */
  readonly areComplete: boolean;
}

export const noLabels: IncidentLabels = { labels: [], areComplete: false };
