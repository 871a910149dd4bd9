import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CampaignFinder, namedMembers } from "../../../src/detection/context/campaign.ts";
import type { Campaign, CampaignTrait } from "../../../src/detection/context/context.ts";
import { groupByAccount } from "../../../src/detection/context/failedAccounts.ts";
import { distinct } from "../../../src/detection/context/origins.ts";
import {
  isSame,
  overlaps,
  shownName,
  type FailedSignIns,
  type KnownFinding,
  type RefusedRequest,
} from "../../../src/detection/context/rows.ts";
import type { Scene } from "../../../src/detection/context/scene.ts";
import { request } from "./lookedUp.ts";

const day = 86_400_000;
const fields = { address: "address", "as-number": "asNumber", "user-agent": "userAgent" } as const;
const kinds = ["address", "as-number", "user-agent"] as const;

/** The definition of a campaign, which compares everything with everything. */
function campaignOf(
  failed: readonly FailedSignIns[],
  requests: readonly RefusedRequest[],
  findings: readonly KnownFinding[],
  { names, firstDenialAt, lastDenialAt, addresses, strange }: Scene,
): Campaign | null {
  const [from, to] = [firstDenialAt - day, lastDenialAt + day];
  const foreign = requests.filter(({ address }) => address === null || strange.includes(address));
  const traits = {
    address: addresses,
    "as-number": foreign.map(({ asNumber }) => asNumber),
    "user-agent": foreign.map(({ userAgent }) => userAgent),
  };
  const traitsOf = (row: FailedSignIns): readonly CampaignTrait[] =>
    kinds.flatMap((kind) => {
      const value = row[fields[kind]];
      return value !== null && traits[kind].includes(value) ? [{ kind, value }] : [];
    });
  const others = failed
    .filter(
      (row) => row.kind !== "wrongPassword" && !isSame(row.names, names) && overlaps(row, from, to),
    )
    // Of accounts under several names, the last one is shown.
    .toSorted((a, b) => a.firstAt - b.firstAt);
  const shares = groupByAccount(others).flatMap((rows) => {
    const shared = rows.flatMap(traitsOf);
    const failures = rows
      .filter((row) => traitsOf(row).length > 0)
      .reduce((sum, { signIns }) => sum + signIns, 0);
    return shared.some(({ kind }) => kind === "address") || failures >= 2
      ? [{ names: rows.flatMap((row) => row.names), shared }]
      : [];
  });
  const parts = [names, ...shares.map((share) => share.names)];
  const [earliest] = findings
    .filter(
      (finding) =>
        overlaps({ firstAt: finding.firstDenialAt, lastAt: finding.lastDenialAt }, from, to) &&
        parts.some((part) => isSame(part, finding.names)),
    )
    .toSorted((a, b) => a.firstDenialAt - b.firstDenialAt || (a.id < b.id ? -1 : 1));
  const members = distinct(shares.map((share) => shownName(share.names)));
  return shares.length === 0
    ? null
    : {
        id: earliest === undefined ? null : (earliest.campaign ?? earliest.id),
        users: members.length,
        members: members.slice(0, namedMembers),
        shared: kinds.flatMap((kind) =>
          distinct(
            shares
              .flatMap(({ shared }) => shared.filter((trait) => trait.kind === kind))
              .map(({ value }) => value),
          ).map((value) => ({ kind, value })),
        ),
      };
}

/** Most accounts have the same names in every row; some lack one, or share a name with another account. */
const names = fc.oneof(
  { weight: 4, arbitrary: fc.nat({ max: 30 }).map((n) => [`id${n}`, `user${n}`]) },
  fc.nat({ max: 3 }).map((n) => [`user${n}`]),
  fc.nat({ max: 3 }).map((n) => [`id${n}`]),
  fc.nat({ max: 3 }).map((n) => [`id${n}`, `user${n + 1}`]),
);
const value = fc.constantFrom("a", "b", "c", null);
const start = fc.nat({ max: 5 * day });
const failure: fc.Arbitrary<FailedSignIns> = fc
  .record({
    names,
    kind: fc.constantFrom("refused" as const, "unexplained" as const, "wrongPassword" as const),
    address: value,
    asNumber: value,
    userAgent: value,
    firstAt: start,
    length: fc.nat({ max: day }),
    signIns: fc.integer({ min: 1, max: 2 }),
  })
  .map(({ length, ...row }) => ({ ...row, lastAt: row.firstAt + length }));
const finding: fc.Arbitrary<KnownFinding> = fc
  .record({
    names,
    id: fc.string({ minLength: 3 }),
    firstDenialAt: start,
    length: fc.nat({ max: day }),
    campaign: fc.constantFrom(null, "earlier"),
  })
  .map(({ length, ...row }) => ({ ...row, lastDenialAt: row.firstDenialAt + length }));
const question = fc
  .record({
    names,
    firstDenialAt: start,
    length: fc.nat({ max: day }),
    addresses: fc.subarray(["a", "b", "c"]),
    known: fc.subarray(["a", "b", "c"]),
    requests: fc.array(fc.record({ address: value, asNumber: value, userAgent: value }), {
      maxLength: 3,
    }),
  })
  .map(({ length, known, requests, ...scene }) => ({
    scene: {
      ...scene,
      lastDenialAt: scene.firstDenialAt + length,
      strange: scene.addresses.filter((address) => !known.includes(address)),
    },
    requests: requests.map((more) => request("09:00", more)),
  }));

describe("campaigns of many findings", () => {
  it("are those that comparing everything with everything finds", () => {
    fc.assert(
      fc.property(
        fc.array(failure, { maxLength: 60 }),
        fc.uniqueArray(finding, { maxLength: 10, selector: ({ id }) => id }),
        fc.array(question, { minLength: 1, maxLength: 5 }),
        (failed, findings, questions) => {
          const finder = new CampaignFinder(failed, findings);
          for (const { requests, scene } of questions) {
            expect(finder.find(requests, scene)).toEqual(
              campaignOf(failed, requests, findings, scene),
            );
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
