import type { Prompt } from "../detection/prompts/prompt.ts";

/** An analyst's verdict on an incident. */
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
  /** Whether every attack has a label, so that a burst without a label is not an attack. */
  readonly areComplete: boolean;
}

/** Returns the labels of an account, by its names. */
export function labelsOf(
  { labels }: IncidentLabels,
  names: readonly string[],
): readonly IncidentLabel[] {
  return labels.filter((label) => label.names.some((name) => names.includes(name)));
}

export const noLabels: IncidentLabels = { labels: [], areComplete: false };

/** Where the denials of a labelled incident came from. */
export interface LabelledDenials {
  readonly label: IncidentLabel;
  /** Distinct values; null for denials without the value. */
  readonly addresses: readonly (string | null)[];
  readonly applications: readonly (string | null)[];
}

/** Finds the denials of one account that belong to each of its labels. Labels without any are left out. */
export function labelledDenials(
  labels: readonly IncidentLabel[],
  denials: readonly Prompt[],
): readonly LabelledDenials[] {
  return labels.flatMap((label) => {
    const origins = denials
      .filter(({ at }) => at >= label.from && at <= label.to)
      .flatMap(({ sightings }) => sightings.map(({ origin }) => origin));
    return origins.length === 0
      ? []
      : {
          label,
          addresses: [...new Set(origins.map(({ ipAddress }) => ipAddress))],
          applications: [...new Set(origins.map(({ application }) => application))],
        };
  });
}
