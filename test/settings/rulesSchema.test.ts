import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { presets } from "../../src/detection/rules/presets.ts";
import { readRuleText, readRuleValue } from "../../src/settings/ruleFile.ts";
import { ruleSchema } from "../../src/settings/ruleSchema.ts";
import { cases } from "../cases.ts";
import { accepts, partsOf, root, type Schema } from "../jsonSchema.ts";

const file = "rules.schema.json";
const isFine = (value: unknown) => accepts(file, value);
const problemsOf = (value: unknown) => readRuleValue(value).problems;

/** What a schema cannot say: bounds of durations, ranges, calendars, and what rules say of each other. */
const beyondSchema =
  /must be a duration from|must be an address|must be a day|names a rule twice|what another rule of the file/;

describe("the files of the rules that ship", () => {
  const folder = `${root}src/detection/rules/`;
  const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));

  test.each(files)("%s is a file of rules", (name) => {
    const text = readFileSync(`${folder}${name}`, "utf8");
    const { listed, problems } = readRuleText(name, text);
    expect(problems).toEqual([]);
    expect(isFine(parse(text))).toBe(true);
    // The build takes them as they are, without the reader.
    for (const { rule } of listed) {
      expect(rule).toEqual(presets.find(({ id }) => id === rule.id));
    }
  });

  test("are all there are", () => {
    expect(files).toHaveLength(presets.length);
  });
});

describe("the schema and the reader", () => {
  test("know the same members", () => {
    const members = partsOf(file)["rule"]?.["properties"] as Schema;
    expect(Object.keys(members).toSorted()).toEqual(Object.keys(ruleSchema().entries).toSorted());
  });

  test("know the same rules that ship", () => {
    const members = partsOf(file)["rule"]?.["properties"] as Readonly<Record<string, Schema>>;
    expect(members["basedOn"]?.["enum"]).toEqual(presets.map(({ id }) => id));
  });

  test("take what the schema's words lead to, but for what a schema cannot say", () => {
    const met = { fine: 0 };
    fc.assert(
      fc.property(fromSchema({ $ref: "#/$defs/rules" }), (rules) => {
        fc.pre(isFine(rules));
        met.fine++;
        expect(problemsOf(rules).filter((problem) => !beyondSchema.test(problem))).toEqual([]);
      }),
      { numRuns: cases(2_000) },
    );
    expect(met.fine).toBeGreaterThan(5);
  });

  test("refuse the same, when something of it is spoilt", () => {
    const met = { fine: 0, bad: 0 };
    fc.assert(
      fc.property(
        fromSchema({ $ref: "#/$defs/rules" }),
        fc.array(spoiling, { maxLength: 2 }),
        (rules, changes) => {
          const spoilt = changes.reduce<unknown>((value, change) => spoil(value, change), rules);
          const problems = problemsOf(spoilt);
          if (problems.length === 0) {
            expect(isFine(spoilt)).toBe(true);
            met.fine++;
          } else if (!problems.every((problem) => beyondSchema.test(problem))) {
            expect(isFine(spoilt)).toBe(false);
            met.bad++;
          }
        },
      ),
      { numRuns: cases(3_000) },
    );
    expect(Math.min(met.fine, met.bad)).toBeGreaterThan(5);
  });
});

/** Values that a part of the schema describes; members that are not required come and go. */
function fromSchema(part: Schema): fc.Arbitrary<unknown> {
  const { $ref, enum: words, anyOf, type, properties, required = [], items, pattern } = part;
  if (typeof $ref === "string") {
    const name = $ref.replace("#/$defs/", "");
    return name === "pattern"
      ? texts("a@contoso.com", "*@contoso.com", "x", "?b")
      : fromSchema(partsOf(file)[name]!);
  }
  if (Array.isArray(words)) {
    return fc.constantFrom(...(words as unknown[]));
  }
  switch (type) {
    case "object": {
      const members = Object.entries(properties as Readonly<Record<string, Schema>>);
      return fc.record(
        Object.fromEntries(members.map(([name, each]) => [name, fromSchema(each)])),
        { requiredKeys: required as string[] },
      );
    }
    case "array":
      return fc.array(fromSchema(items as Schema), {
        minLength: Number(part["minItems"] ?? 0),
        maxLength: 3,
      });
    case "integer":
      return fc.integer({ min: Number(part["minimum"]), max: Number(part["maximum"]) });
    case "boolean":
      return fc.boolean();
    case "string":
      return typeof pattern === "string"
        ? texts(
            "vip",
            "VIP.2",
            "T1621",
            "T1078.004",
            "PT15M",
            "15m",
            "P1D",
            "DE",
            "2026-12-31",
            "contoso.com",
          ).filter((text) => new RegExp(pattern, "u").test(text))
        : texts("203.0.113.0/24", "2001:db8::1");
    default:
      return fc.oneof(...(anyOf as readonly Schema[]).map(fromSchema));
  }
}

function texts(...words: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom(...words);
}

const spoiling = fc.record({
  at: fc.nat(200),
  by: fc.constantFrom<unknown>(
    null,
    "",
    " ",
    0,
    -1,
    1.5,
    10_001,
    true,
    "x",
    "*",
    "a*a*a*a*a*a*a*a*a*",
    "PT15M",
    "2026-02-30",
    "vip",
    "High",
    "denied",
    [],
    {},
    ["x"],
    [[]],
    { x: 1 },
    { watchlist: "VIP", column: "UPN" },
    { watchlist: "a b", column: "" },
    undefined,
  ),
});

/** Replaces the n-th value within a value, or takes it away. */
function spoil(value: unknown, { at, by }: { readonly at: number; readonly by: unknown }): unknown {
  const places = placesIn(value);
  const place = places[at % places.length] ?? [];
  return changed(value, place, by);
}

function placesIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  return typeof value === "object" && value !== null
    ? [path, ...Object.entries(value).flatMap(([key, each]) => placesIn(each, [...path, key]))]
    : [path];
}

function changed(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) {
    return by ?? null;
  }
  if (Array.isArray(value)) {
    return value.map((each, index) => (String(index) === key ? changed(each, rest, by) : each));
  }
  const { [key]: old, ...others } = value as Readonly<Record<string, unknown>>;
  return rest.length === 0 && by === undefined
    ? others
    : { ...others, [key]: changed(old, rest, by) };
}
