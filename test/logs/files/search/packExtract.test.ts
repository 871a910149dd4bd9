import fc from "fast-check";
import { expect, test } from "vitest";
import { sightingSources } from "../../../../src/detection/signin/sighting.ts";
import { detailsKinds, requestSources } from "../../../../src/detection/signin/signIn.ts";
import { promptOutcomes } from "../../../../src/detection/signin/outcome.ts";
import { packExtract, unpackExtract } from "../../../../src/logs/files/search/packExtract.ts";
import { noCounts } from "../../../../src/run/counts.ts";
import { emptyTally } from "../../../../src/run/coverageTally.ts";

const text = fc.string({ unit: "binary", maxLength: 4 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const time = fc.integer({ min: 946_684_800_000, max: 4_102_444_799_999 });
const source = fc.constantFrom("step" as const, "status" as const);
const account = fc.record({ tenantId: maybe(text), user: text, name: maybe(text) });
const request = {
  request: text,
  requestAlias: maybe(text),
  requestBy: fc.constantFrom(...requestSources),
};
const origin = fc.record({
  userId: maybe(text),
  userName: maybe(text),
  ipAddress: maybe(text),
  location: maybe(text),
  application: maybe(text),
  appId: maybe(text),
  userAgent: maybe(text),
  device: maybe(text),
  guest: fc.boolean(),
});
const sighting = fc.record({
  source: fc.constantFrom(...sightingSources),
  outcome: fc.constantFrom(...promptOutcomes),
  at: time,
  askedAt: maybe(time),
  ...request,
  lends: fc.boolean(),
  details: fc.constantFrom(...detailsKinds),
  method: text,
  second: fc.nat(),
  publishedAt: maybe(time),
  origin,
});
const approval = fc.record({
  source,
  at: time,
  ...request,
  ipAddress: maybe(text),
  publishedAt: maybe(time),
  details: fc.record({
    location: maybe(text),
    application: maybe(text),
    method: maybe(text),
    session: maybe(text),
  }),
});

test("what a thread hands over comes out as it went in", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(account, sighting)),
      fc.array(fc.tuple(account, approval)),
      (sightings, approvals) => {
        const bad = [{ reason: "not an object", place: { source: "log", line: 3, index: null } }];
        const tally = { ...emptyTally(), passedRows: 7, oldestAt: 1 };
        tally.failures.set(11, true);
        tally.unknownTexts.set("MFA denied; later", 2);
        const extract = { counts: noCounts(), bad, sightings, approvals, tally };
        expect(unpackExtract(structuredClone(packExtract(extract)))).toEqual(extract);
      },
    ),
  );
});

test("sightings of one row share their origin on the other side, too", () => {
  fc.assert(
    fc.property(account, sighting, (who, seen) => {
      const other = { ...seen, at: seen.at + 1 };
      const extract = { counts: noCounts(), bad: [], approvals: [], tally: emptyTally() };
      const packed = packExtract({
        ...extract,
        sightings: [
          [who, seen],
          [who, other],
        ],
      });
      const [first, second] = unpackExtract(packed).sightings;
      expect(first?.[1].origin).toBe(second?.[1].origin);
    }),
    { numRuns: 10 },
  );
});
