/** Envelopes, texts of values and names of fields, as anybody may write them and spoilt in every way. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fieldNames, type FieldName } from "../../src/detection/signin/fieldNames.ts";
import { peel } from "../../src/logs/files/envelopes/peel.ts";
import { lookUp } from "../../src/logs/files/records/nameIndex.ts";
import { normaliseRecord } from "../../src/logs/files/records/normaliseRecord.ts";
import { plainName } from "../../src/logs/files/records/plainName.ts";
import { readLooseText } from "../../src/logs/files/records/looseText.ts";
import { extent, timeLimitMs } from "./extent.ts";
import {
  counted,
  fuzz,
  guardPrototypes,
  hostileKeys,
  hostileLiterals,
  mutate,
  mutation,
} from "./fuzzing.ts";

guardPrototypes();
const records = counted("records of any shape");
const many = extent(2_000, 200_000);

const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 });
const hostileValue: fc.Arbitrary<unknown> = fc.constantFrom(
  ...hostileLiterals.map((literal): unknown => JSON.parse(literal)),
);

// ---------------------------------------------------------------------------------------------------------------
// Texts of values

const word = fc.constantFrom("MFA denied; user declined", "it's", 'a "b"', "", "x=y", "5", "é");
const step = fc.record(
  {
    authenticationMethod: word,
    authenticationStepResultDetail: word,
    succeeded: fc.boolean(),
  },
  { noNullPrototype: true },
);

function powerShell(value: object): string {
  const members = Object.entries(value).map(([name, each]) => `${name}=${String(each)}`);
  return `@{${members.join("; ")}}`;
}

function python(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(python).join(", ")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([name, each]) => `'${name}': ${python(each)}`);
    return `{${members.join(", ")}}`;
  }
  if (typeof value === "string") {
    return value.includes("'") ? JSON.stringify(value) : `'${value}'`;
  }
  return value === true ? "True" : value === false ? "False" : String(value);
}

const notations: Readonly<Record<string, (value: readonly object[]) => string>> = {
  JSON: (value) => JSON.stringify(value),
  "JSON in JSON": (value) => JSON.stringify(JSON.stringify(value)),
  Python: python,
  PowerShell: (value) => value.map(powerShell).join(" "),
};

describe("a value as text", () => {
  test.each(["JSON", "JSON in JSON", "Python"])(
    "of %s is the value",
    async (notation) => {
      await fuzz(fc.array(step, { minLength: 1, maxLength: 4 }), many / 4, (steps) => {
        records.begin();
        const read = readLooseText(notations[notation]?.(steps) ?? "");
        assert.deepEqual(read, { value: steps, isCut: false });
      });
    },
    timeLimitMs,
  );

  test.each(Object.keys(notations))(
    "of %s, spoilt anyhow, is a value or none",
    async (notation) => {
      const spoilt = fc.tuple(fc.array(step, { minLength: 1, maxLength: 4 }), mutations);
      await fuzz(spoilt, many / 4, ([steps, changes]) => {
        records.begin();
        const text = mutate(Buffer.from(notations[notation]?.(steps) ?? ""), changes).toString();
        const read = readLooseText(text);
        // Nothing in it may be what JSON has no word for, nor more than the text can hold.
        const length = JSON.stringify(read?.value ?? null).length;
        assert(length <= 10 * text.length + 100);
      });
    },
    timeLimitMs,
  );
});

// ---------------------------------------------------------------------------------------------------------------
// Envelopes

const row = (id: string) => ({ Id: id, ResultType: "500121", UserPrincipalName: "a@contoso.com" });

type Wrap = (inner: unknown) => unknown;

const objects: fc.Arbitrary<Wrap> = fc.oneof(
  fc
    .constantFrom(
      "records",
      "value",
      "Results",
      "_source",
      "body",
      "message",
      "event",
      "nobodyKnows",
    )
    .map((name) => (inner: unknown) => ({ time: "2026-03-10T09:00:00Z", [name]: inner })),
  fc.constant((inner: unknown) => [inner]),
  fc.constant((inner: unknown) => ({ hits: { hits: [{ _id: "1", _source: inner }] } })),
);

const texts: fc.Arbitrary<Wrap> = fc.oneof(
  fc.constant((inner: unknown) => JSON.stringify(inner)),
  fc.constant((inner: unknown) => `<134>1 - host app - - - ${JSON.stringify({ log: inner })}`),
);

const wrapper = fc.oneof({ weight: 2, arbitrary: objects }, { weight: 1, arbitrary: texts });

const options = { dateOrder: null } as const;

describe("records in envelopes", () => {
  test(
    "are all found, whatever is around them",
    async () => {
      const wrapped = fc.tuple(
        fc.array(wrapper, { maxLength: 5 }),
        fc.integer({ min: 1, max: 4 }),
        hostileValue,
      );
      let deep = 0;
      await fuzz(wrapped, many, ([wrappers, count, beside]) => {
        records.begin(count);
        const rows = Array.from({ length: count }, (_, n) => row(`sound-${n}`));
        const value = wrappers.reduce<unknown>((inner, wrap) => wrap(inner), rows);
        const found = peel({ value, beside }, options);
        if (found.some((each) => each.kind === "bad" && /nested more than/.test(each.reason))) {
          deep++;
          return;
        }
        const ids = found.flatMap((each) => (each.kind === "record" ? [each.record["Id"]] : []));
        assert.deepEqual(
          ids.filter((id) => typeof id === "string" && id.startsWith("sound-")),
          rows.map(({ Id }) => Id),
        );
      });
      expect(deep).toBeLessThan(many / 5);
    },
    timeLimitMs,
  );

  test(
    "nested more than is bounded are said to be, never lost in silence",
    async () => {
      // Texts in texts would double with each.
      const deep = fc.array(objects, { minLength: 20, maxLength: 40 });
      await fuzz(deep, many / 10, (wrappers) => {
        records.begin();
        const value = wrappers.reduce<unknown>((inner, wrap) => wrap(inner), [row("1")]);
        const found = peel(value, options);
        assert.deepEqual(found, [
          { kind: "bad", reason: "envelopes are nested more than 12 deep" },
        ]);
      });
    },
    timeLimitMs,
  );
});

// ---------------------------------------------------------------------------------------------------------------
// The table of names

const declared = Object.entries(fieldNames).flatMap(([field, names]) =>
  names.map((name) => [field as FieldName, name] as const),
);

/** The same name with other separators, in other cases and with accents. */
const spelling = fc.record({
  separator: fc.constantFrom("", "_", ".", "-", " ", "/", ":"),
  letters: fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => text.toLowerCase(),
    (text) => text.toUpperCase(),
    (text) => text.normalize("NFD").replace(/e/i, "$&\u0301"),
  ),
});

function spell(
  name: string,
  { separator, letters }: { separator: string; letters: (text: string) => string },
) {
  const [, mark = "", rest = name] = /^([_@]?)(.*)$/.exec(name) ?? [];
  const words = rest
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .split(/[\s._-]+/)
    .filter((each) => each !== "");
  return `${mark}${letters(words.join(separator))}`;
}

describe("the table of names", () => {
  test("knows every name in every spelling", async () => {
    await fuzz(fc.tuple(fc.constantFrom(...declared), spelling), many, ([[field, name], how]) => {
      records.begin();
      const spelt = spell(name, how);
      expect(plainName(spelt)).toBe(plainName(name));
      expect(lookUp(plainName(spelt)).fields.map(([each]) => each)).toContain(field);
    });
  });

  test("takes any names and values, and makes nothing up", async () => {
    const key = fc.oneof(
      fc.tuple(fc.constantFrom(...declared), spelling).map(([[, name], how]) => spell(name, how)),
      fc.constantFrom(...hostileKeys),
      fc.string({ maxLength: 300 }),
    );
    const members = fc.array(fc.tuple(key, hostileValue), { maxLength: 20 });
    await fuzz(members, many, (entries) => {
      records.begin();
      const record = Object.fromEntries(entries);
      for (const value of [record, { properties: record }, { fields: [record] }]) {
        const read = normaliseRecord(value, { dateOrder: "mdy" });
        if (read.kind === "record") {
          JSON.stringify(read.record);
          assert([...read.reading.names.keys()].every((field) => Object.hasOwn(fieldNames, field)));
        }
        peel(value, options);
      }
    });
  });
});
