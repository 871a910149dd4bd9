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

/** Those of an account, by its names. */
export function labelsOf(
  { labels }: IncidentLabels,
  names: readonly string[],
): readonly IncidentLabel[] {
  return labels.filter((label) => label.names.some((name) => names.includes(name)));
}

export const noLabels: IncidentLabels = { labels: [], areComplete: false };
