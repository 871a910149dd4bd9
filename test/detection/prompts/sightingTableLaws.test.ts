import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Account, RowAccount } from "../../../src/detection/signin/account.ts";
import { promptOutcomes } from "../../../src/detection/signin/outcome.ts";
import { sightingSources, type Sighting } from "../../../src/detection/signin/sighting.ts";
import { detailsKinds, requestSources } from "../../../src/detection/signin/signIn.ts";
import { noBindings } from "../../../src/detection/prompts/accounts.ts";
import { SightingTable } from "../../../src/detection/prompts/sightingTable.ts";
import { TextTable } from "../../../src/detection/prompts/textTable.ts";
import { sighting } from "../builders.ts";
import { cases } from "../../cases.ts";

const someGuid = "0a1b2c3d-4e5f-6789-abcd-ef0123456789";

/** GUIDs and what looks like one, any UTF-16 with its lone surrogates, and few enough to meet again. */
const texts = fc.oneof(
  fc.uuid(),
  fc.constantFrom(
    "",
    someGuid,
    someGuid.toUpperCase(),
    someGuid.replaceAll("-", ":"),
    someGuid.replace("0", "g"),
    `${someGuid} `,
    "user@contoso.com",
    "Zoë",
    "\ud800",
    "\u0000",
    "\u0080",
    "\u00ff",
  ),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ maxLength: 60 }),
);

const times = fc.oneof(
  fc.constantFrom(0, 1, 1.5, -1, 1_773_133_200_000, 1_773_133_200_000.25),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((at) => !Object.is(at, -0)),
);
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

/** Objects as a literal makes them. */
const plainly = { noNullPrototype: true } as const;

const sightings: fc.Arbitrary<Sighting> = fc.record(
  {
    source: fc.constantFrom(...sightingSources),
    outcome: fc.constantFrom(...promptOutcomes),
    at: times,
    askedAt: orNull(times),
    method: texts,
    second: times,
    request: texts,
    requestAlias: orNull(texts),
    requestBy: fc.constantFrom(...requestSources),
    lends: fc.boolean(),
    details: fc.constantFrom(...detailsKinds),
    publishedAt: orNull(times),
    origin: fc.record(
      {
        userId: orNull(texts),
        userName: fc.constant(null),
        ipAddress: orNull(texts),
        location: orNull(texts),
        application: orNull(texts),
        appId: orNull(texts),
        userAgent: orNull(texts),
        device: orNull(texts),
        guest: fc.boolean(),
      },
      plainly,
    ),
  },
  plainly,
);

/** Without names, which would make one account of several. */
const accounts: fc.Arbitrary<RowAccount> = fc.record(
  { tenantId: orNull(texts), user: texts, name: fc.constant(null) },
  plainly,
);

/** Rows of which many show the same again, some with another time of publication. */
const rows = fc
  .tuple(
    fc.array(accounts, { minLength: 1, maxLength: 3 }),
    fc.array(sightings, { minLength: 1, maxLength: 6 }),
  )
  .chain(([someone, something]) =>
    fc.array(
      fc
        .tuple(fc.constantFrom(...someone), fc.constantFrom(...something), orNull(times))
        .chain(([account, shown, publishedAt]) =>
          fc.constantFrom([account, shown] as const, [account, { ...shown, publishedAt }] as const),
        ),
      { maxLength: 20 },
    ),
  );

/** The same as plain objects under JSON keys. */
class Plain {
  readonly held = new Map<
    string,
    { readonly account: RowAccount; readonly seen: Map<string, Sighting> }
  >();
  readonly #recalled = new Map<string, number>();

  add(account: RowAccount, shown: Sighting, isRecalled = false): boolean {
    const name = JSON.stringify([account.tenantId, account.user]);
    const { seen } = this.held.get(name) ?? { seen: new Map<string, Sighting>() };
    this.held.set(name, this.held.get(name) ?? { account, seen });
    const { publishedAt, ...content } = shown;
    const key = JSON.stringify(content);
    const known = seen.get(key);
    const isNews =
      known === undefined || (publishedAt ?? -Infinity) < (known.publishedAt ?? -Infinity);
    if (isNews) {
      seen.set(key, shown);
    }
    if (isRecalled) {
      const before = this.#recalled.get(name + key) ?? Infinity;
      this.#recalled.set(name + key, Math.min(before, publishedAt ?? -Infinity));
    }
    return isNews;
  }

  all(): readonly (readonly [Account, readonly Sighting[]])[] {
    return [...this.held.values()].map(({ account: { tenantId, user }, seen }) => [
      { tenantId, user, names: [], aliases: [] },
      [...seen.values()],
    ]);
  }

  news(): readonly (readonly [RowAccount, Sighting])[] {
    return [...this.held].flatMap(([name, { account, seen }]) =>
      [...seen]
        .filter(
          ([key, shown]) =>
            (shown.publishedAt ?? -Infinity) < (this.#recalled.get(name + key) ?? Infinity),
        )
        .map(([, shown]) => [account, shown] as const),
    );
  }
}

/** Of several tenants, so that what names none stays apart. */
function held(table: SightingTable): readonly (readonly [Account, readonly Sighting[]])[] {
  const matched = table.match({ ...noBindings, tenants: ["one", "other"] });
  return [...table.accounts(matched)].map(({ account, sightings: all }) => [account(), all()]);
}

function newIn(table: SightingTable): readonly (readonly [RowAccount, Sighting])[] {
  return [...table.news(table.match({ ...noBindings, tenants: ["one", "other"] }))];
}

describe("sightings in buffers", () => {
  it("returns what was added, with the identity and order of plain objects", () => {
    fc.assert(
      fc.property(rows, (given) => {
        const table = new SightingTable();
        const plain = new Plain();
        for (const [account, shown] of given) {
          expect(table.add(account, shown)).toBe(plain.add(account, shown));
        }
        expect(held(table)).toStrictEqual(plain.all());
        expect(newIn(table)).toStrictEqual(plain.news());
      }),
      { numRuns: cases(500) },
    );
  });

  it("knows what earlier runs had, and later publications of it, from what is new", () => {
    fc.assert(
      fc.property(rows, rows, fc.boolean(), (given, earlier, inBoth) => {
        const table = new SightingTable();
        const plain = new Plain();
        for (const [account, shown] of given) {
          table.add(account, shown);
          plain.add(account, shown);
        }
        for (const [account, shown] of inBoth ? [...earlier, ...given.slice(0, 5)] : earlier) {
          table.recall(account, shown);
          plain.add(account, shown, true);
        }
        expect(held(table)).toStrictEqual(plain.all());
        expect(newIn(table)).toStrictEqual(plain.news());
      }),
      { numRuns: cases(500) },
    );
  });

  it("keeps times unchanged", () => {
    const odd = { at: -0, askedAt: NaN, second: -Infinity, publishedAt: 0.1 } as const;
    const table = new SightingTable();
    table.add({ tenantId: null, user: "a", name: null }, sighting("09:00", odd));
    expect(held(table)[0]?.[1]).toStrictEqual([sighting("09:00", odd)]);
  });

  it("treats values of a damaged state as nothing or as pending", () => {
    const damaged = {
      ...sighting("09:00"),
      outcome: "unheard-of",
      method: undefined,
      publishedAt: undefined,
      origin: { guest: 0 },
    } as unknown as Sighting;
    const table = new SightingTable();
    table.add({ tenantId: null, user: "a", name: null }, damaged);
    const { outcome, method, publishedAt, origin } = held(table)[0]![1][0]!;
    expect([outcome, method, publishedAt, origin.appId]).toEqual(["pending", "", null, null]);
  });

  it("is the same when its tables have grown many times", () => {
    const table = new SightingTable();
    const plain = new Plain();
    for (let index = 0; index < 10_000; index++) {
      const shown = sighting("09:00", { at: index % 7_000, request: `request ${index % 3_500}` });
      const account = { tenantId: null, user: `user ${index % 1_750}`, name: null };
      expect(table.add(account, shown)).toBe(plain.add(account, shown));
    }
    expect(held(table)).toStrictEqual(plain.all());
    const { accounts: count, account, at } = table.columns();
    expect([count, account.length, at.length]).toEqual([1_750, 7_000, 7_000]);
    for (const { number, account: who } of table.accounts()) {
      expect(who().user).toBe(`user ${number}`);
      expect([...at].filter((_, row) => account[row] === number)).toEqual(
        [0, 1_750, 3_500, 5_250].map((more) => number + more),
      );
    }
  });
});

describe("a table of texts", () => {
  it("gives each text one number, and for it the same text", () => {
    const table = new TextTable();
    const long = ["a", "ä"].flatMap((letter) =>
      [16_382, 16_383, 16_384, 100_000].map((length) => letter.repeat(length)),
    );
    const many = Array.from({ length: 20_000 }, (_, index) => `text ${index}`);
    const all = ["", someGuid, someGuid.toUpperCase(), ...long, ...many];
    const numbers = all.map((text) => table.numberOf(text));
    expect(new Set(numbers).size).toBe(all.length);
    expect(all.map((text) => table.numberOf(text))).toEqual(numbers);
    expect(numbers.map((number) => table.textOf(number))).toEqual(all);
    expect([table.numberOf(null), table.textOf(0)]).toEqual([0, null]);
    expect(() => table.textOf(2 ** 31)).toThrow(RangeError);
  });
});
