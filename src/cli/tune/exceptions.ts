import { formatTime } from "../../detection/signin/time.ts";
import type { IncidentLabel, LabelledDenials } from "../../run/incidentLabels.ts";

/** The number of incidents closed as no attack that makes an exception worthwhile. */
const fewestClosed = 3;

/** How long an exception applies after the last incident. */
const holdsMs = 90 * 86_400_000;

/** A user, application or address to exclude for a while, named as in a file of rules. */
type Exception = (
  { readonly user: string } | { readonly application: string } | { readonly address: string }
) & {
  readonly until: string;
  /** Number of incidents that were closed as no attack and that it explains. */
  readonly closed: number;
};

/**
 * Proposes users whose incidents were repeatedly closed as no attack, and never as an attack. Also proposes an
 * application or address that alone explains such incidents of several users, if no attack came from it.
 *
 * @param labelled where the denials of incidents came from, as far as the log has them
 */
export function proposeExceptions(
  labels: readonly IncidentLabel[],
  labelled: readonly LabelledDenials[],
): readonly Exception[] {
  const attacked = new Set(labels.filter(({ isAttack }) => isAttack).flatMap(({ names }) => names));
  const users = grouped(labels, ({ isAttack, names }) =>
    isAttack || names.some((name) => attacked.has(name)) ? null : (names[0] ?? null),
  );
  return [
    ...worthIt(users).map(([user, rest]) => ({ user, ...rest })),
    ...explaining(labelled, "applications").map(([application, rest]) => ({
      application,
      ...rest,
    })),
    ...explaining(labelled, "addresses").map(([address, rest]) => ({ address, ...rest })),
  ];
}

type Explained = readonly [value: string, Pick<Exception, "until" | "closed">];

function explaining(
  labelled: readonly LabelledDenials[],
  kind: "applications" | "addresses",
): readonly Explained[] {
  const ofAttacks = new Set(
    labelled.filter(({ label }) => label.isAttack).flatMap((each) => each[kind]),
  );
  const values = new Map<IncidentLabel, string>();
  for (const { label, [kind]: all } of labelled) {
    const [only = null, ...others] = all;
    if (!label.isAttack && others.length === 0 && only !== null && !ofAttacks.has(only)) {
      values.set(label, only);
    }
  }
  const groups = grouped([...values.keys()], (label) => values.get(label) ?? null);
  const ofSeveral = [...groups].filter(
    ([, own]) => new Set(own.map(({ names: [name] }) => name)).size > 1,
  );
  return worthIt(new Map(ofSeveral));
}

function grouped(
  labels: readonly IncidentLabel[],
  keyOf: (label: IncidentLabel) => string | null,
): ReadonlyMap<string, readonly IncidentLabel[]> {
  const groups = new Map<string, IncidentLabel[]>();
  for (const label of labels) {
    const key = keyOf(label);
    if (key !== null) {
      const own = groups.get(key) ?? [];
      own.push(label);
      groups.set(key, own);
    }
  }
  return groups;
}

/** Returns those with enough incidents, the most frequent first. */
function worthIt(groups: ReadonlyMap<string, readonly IncidentLabel[]>): readonly Explained[] {
  return [...groups]
    .filter(([, own]) => own.length >= fewestClosed)
    .toSorted(([a, ofA], [b, ofB]) => ofB.length - ofA.length || (a < b ? -1 : 1))
    .map(([value, own]) => {
      const last = own.reduce((latest, { to }) => Math.max(latest, to), 0);
      return [value, { until: formatTime(last + holdsMs).slice(0, 10), closed: own.length }];
    });
}
