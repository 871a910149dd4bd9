import type { Campaign, CampaignTrait } from "./context.ts";
import { distinct } from "./origins.ts";
import {
  isSame,
  overlaps,
  shownName,
  type FailedSignIns,
  type KnownFinding,
  type Names,
  type RefusedRequest,
} from "./rows.ts";
import type { Scene } from "./scene.ts";

const day = 86_400_000;

/** The number of other accounts a campaign names. Their total is given as well. */
export const namedMembers = 20;

/**
 * The number of failures from the same provider or browser that is needed. A single one may be a stranger's
 * mistake. From the same address, one is enough.
 */
const leastFailures = 2;

interface Share {
  readonly names: Names;
  readonly traits: readonly CampaignTrait[];
}

/**
 * Finds other accounts whose prompts were refused, or failed without a reason, from the same origin within 24
 * hours.
 */
export function campaignOf(
  failed: readonly FailedSignIns[],
  requests: readonly RefusedRequest[],
  findings: readonly KnownFinding[],
  scene: Scene,
): Campaign | null {
  const { names, firstDenialAt, lastDenialAt } = scene;
  const [from, to] = [firstDenialAt - day, lastDenialAt + day];
  const others = failed.filter(
    (row) => row.kind !== "wrongPassword" && !isSame(row.names, names) && overlaps(row, from, to),
  );
  const shares = sharesOf(others, requests, scene);
  if (shares.length === 0) {
    return null;
  }
  const isPart = (finding: KnownFinding) =>
    overlaps({ firstAt: finding.firstDenialAt, lastAt: finding.lastDenialAt }, from, to) &&
    [names, ...shares.map((share) => share.names)].some((part) => isSame(part, finding.names));
  const [earliest] = findings.filter(isPart).toSorted(byTime);
  const members = distinct(shares.map((share) => shownName(share.names)));
  return {
    id: earliest === undefined ? null : (earliest.campaign ?? earliest.id),
    users: members.length,
    members: members.slice(0, namedMembers),
    shared: traitsIn(shares),
  };
}

function byTime(a: KnownFinding, b: KnownFinding): number {
  return a.firstDenialAt - b.firstDenialAt || (a.id < b.id ? -1 : 1);
}

/** What each account shares with the burst. */
function sharesOf(
  others: readonly FailedSignIns[],
  requests: readonly RefusedRequest[],
  { addresses, strange }: Scene,
): readonly Share[] {
  // Origins that the account itself is known to use are shared with its colleagues.
  const foreign = requests.filter(({ address }) => address === null || strange.includes(address));
  const sets = {
    address: new Set<string | null>(addresses),
    "as-number": new Set(foreign.map(({ asNumber }) => asNumber)),
    "user-agent": new Set(foreign.map(({ userAgent }) => userAgent)),
  };
  return groupByAccount(others).flatMap((rows) => {
    const traits = rows.flatMap((row) => traitsOf(row, sets));
    const failures = rows
      .filter((row) => traitsOf(row, sets).length > 0)
      .reduce((total, { signIns }) => total + signIns, 0);
    const isPart =
      traits.some(({ kind }) => kind === "address") ||
      (traits.length > 0 && failures >= leastFailures);
    return isPart ? [{ names: rows.flatMap(({ names }) => names), traits }] : [];
  });
}

function traitsOf(
  { address, asNumber, userAgent }: FailedSignIns,
  sets: Readonly<Record<CampaignTrait["kind"], ReadonlySet<string | null>>>,
): readonly CampaignTrait[] {
  const values = { address, "as-number": asNumber, "user-agent": userAgent };
  return kinds.flatMap((kind) => {
    const value = values[kind];
    return value !== null && sets[kind].has(value) ? [{ kind, value }] : [];
  });
}

/** Strongest first. */
const kinds = [
  "address",
  "as-number",
  "user-agent",
] as const satisfies readonly CampaignTrait["kind"][];

/** Returns each trait once, by kind and value. */
function traitsIn(shares: readonly Share[]): readonly CampaignTrait[] {
  const traits = shares.flatMap((share) => share.traits);
  return kinds.flatMap((kind) =>
    distinct(traits.filter((trait) => trait.kind === kind).map(({ value }) => value)).map(
      (value) => ({ kind, value }),
    ),
  );
}

/** Groups the rows of each account, even if some have its id and others only its principal name. */
function groupByAccount(rows: readonly FailedSignIns[]): readonly (readonly FailedSignIns[])[] {
  const groups = new Map<string, FailedSignIns[]>();
  // Rows with the most names come first, so that those with fewer find their group.
  for (const row of rows.toSorted((a, b) => b.names.length - a.names.length)) {
    const held = row.names.map((name) => groups.get(name)).find((group) => group !== undefined);
    const group = held ?? [];
    group.push(row);
    row.names.forEach((name) => groups.set(name, group));
  }
  return [...new Set(groups.values())];
}
