import * as v from "valibot";
import { presetNamed, presets } from "../detection/rules/presets.ts";
import type { Rule } from "../detection/rules/rule.ts";
import type { NamedRanges, RuleEntry } from "../detection/rules/ruleEntry.ts";
import { ruleOf } from "../detection/rules/ruleOf.ts";
import { isFields } from "../detection/signin/fields.ts";
import { membersMessage, problemIn, sentenceOf, type Problem } from "./issues.ts";
import { didYouMean } from "./nearest.ts";
import { rangesSchema, ruleSchema } from "./ruleSchema.ts";
import { readYaml, type YamlText } from "./yamlText.ts";

/** A rule, and its entry in the file. */
export interface ListedRule {
  readonly rule: Rule;
  readonly entry: RuleEntry;
  /** The place of each member in the file, such as `rules.yaml:3`, by name. */
  readonly saidAt: Readonly<Record<string, string>>;
  /** Where a member or an item of it stands, as problems have it: `rules.yaml:3:5`. */
  readonly placeOf: (path: Problem["path"]) => string;
}

export interface RulesRead {
  /** The rules in use: on or in shadow mode. */
  readonly rules: readonly Rule[];
  /** All rules, in the order of the file. */
  readonly listed: readonly ListedRule[];
  readonly problems: readonly string[];
}

/**
 * Reads rules from YAML, or JSON with comments: a list, or an object with `rules` and `ranges`.
 *
 * @param name the file's name, for problems: `FILE:LINE:COLUMN sentence`
 * @param defaults values that settings give all rules
 */
export function readRuleText(name: string, text: string, defaults: Partial<Rule> = {}): RulesRead {
  const yaml = readYaml(text);
  const problems = yaml.problems.length > 0 ? yaml.problems : problemsOf(yaml.value);
  if (problems.length > 0) {
    return failed(
      problems
        .map((each) => ({ each, ...yaml.placeOf(each) }))
        .toSorted((a, b) => a.line - b.line || a.column - b.column)
        .map(({ each, line, column }) => `${name}:${line}:${column} ${sentenceOf(each)}`),
    );
  }
  return readSound(yaml.value, defaults, { name, yaml });
}

/** Reads rules from a parsed value. A problem begins with its place in the value: `[0].threshold …`. */
export function readRuleValue(value: unknown, defaults: Partial<Rule> = {}): RulesRead {
  const problems = problemsOf(value);
  return problems.length > 0 ? failed(problems.map(sentenceOf)) : readSound(value, defaults, null);
}

function failed(problems: readonly string[]): RulesRead {
  return { rules: [], listed: [], problems };
}

/** The members of a file that is more than a list of rules. */
const fileMembers = {
  $schema: v.optional(v.string("must be text")),
  ranges: v.optional(rangesSchema),
};

function problemsOf(value: unknown): readonly Problem[] {
  if (!isFields(value)) {
    return problemsOfList(value, {}, []);
  }
  const members = { ...fileMembers, rules: v.any() };
  const known = Object.keys(members);
  const read = v.safeParse(v.strictObject(members, membersMessage(known, "")), value);
  return [
    ...(read.issues ?? []).map(problemIn),
    ...(Object.hasOwn(value, "rules")
      ? problemsOfList(value["rules"], rangesOf(value), ["rules"])
      : []),
  ];
}

function problemsOfList(
  value: unknown,
  ranges: NamedRanges,
  path: Problem["path"],
): readonly Problem[] {
  const schema = v.pipe(
    v.array(ruleSchema(ranges), "must be a list of rules"),
    v.nonEmpty("names no rule"),
  );
  const { issues = [] } = v.safeParse(schema, value);
  const rules = Array.isArray(value) ? value.map((rule) => (isFields(rule) ? rule : {})) : [];
  const problems = [
    ...issues.map(problemIn),
    ...rules.flatMap(problemsOfGround),
    ...problemsOfNames(rules),
  ];
  return problems.map((each) => ({ ...each, path: [...path, ...each.path] }));
}

/** Checks that a rule without a base says itself when it fires. */
function problemsOfGround(
  rule: Readonly<Record<string, unknown>>,
  index: number,
): readonly Problem[] {
  const { id, basedOn, threshold, window } = rule;
  const stands = basedOn !== undefined || (threshold !== undefined && window !== undefined);
  if (typeof id !== "string" || presetNamed(id) !== null || stands) {
    return [];
  }
  const ids = presets.map((preset) => preset.id);
  const problem = `is none of the rules that ship (${ids.join(", ")}), so the rule needs basedOn, or threshold and window${didYouMean(id, ids)}`;
  return [{ path: [index, "id"], problem }];
}

/** Finds rules with the same id, with the former id of another rule, or with the same former id. */
function problemsOfNames(rules: readonly Readonly<Record<string, unknown>>[]): readonly Problem[] {
  const ids = new Set(rules.map((rule) => rule["id"]));
  const seen = new Set<unknown>();
  const pasts = new Set<unknown>();
  return rules.flatMap(({ id, wasId }, index) => {
    const own = [wasId ?? []].flat();
    const isTaken = own.some((past) => ids.has(past) || pasts.has(past));
    const isTwice = id !== undefined && seen.has(id);
    seen.add(id);
    own.forEach((past) => pasts.add(past));
    return [
      ...(isTwice ? [{ path: [index, "id"], problem: "names a rule twice" }] : []),
      ...(isTaken
        ? [
            {
              path: [index, "wasId"],
              problem: "names what another rule of the file is or was called",
            },
          ]
        : []),
    ];
  });
}

function rangesOf(value: unknown): NamedRanges {
  const read = v.safeParse(rangesSchema, isFields(value) ? (value["ranges"] ?? {}) : {});
  return read.success ? read.output : {};
}

function familyOf(id: string): string {
  return presetNamed(id)?.family ?? id;
}

/** @param value a value without problems */
function readSound(
  value: unknown,
  defaults: Partial<Rule>,
  source: { readonly name: string; readonly yaml: YamlText } | null,
): RulesRead {
  const ranges = rangesOf(value);
  const path = isFields(value) ? ["rules"] : [];
  const entries = v.parse(v.array(ruleSchema(ranges)), isFields(value) ? value["rules"] : value);
  const listed = entries.map((entry, index): ListedRule => {
    const base = presetNamed(entry.basedOn ?? entry.id);
    const placeOf = (within: Problem["path"]) => {
      const { line, column } = source?.yaml.placeOf({ path: [...path, index, ...within] }) ?? {};
      return source === null ? "given" : `${source.name}:${line}:${column}`;
    };
    const saidAt = Object.keys(entry).map((member) => [
      member,
      placeOf([member]).replace(/:\d+$/, ""),
    ]);
    return {
      rule: ruleOf(entry, { base, defaults, ranges, familyOf }),
      entry,
      saidAt: Object.fromEntries(saidAt) as Readonly<Record<string, string>>,
      placeOf,
    };
  });
  const rules = listed.map(({ rule }) => rule).filter(({ mode }) => mode !== "off");
  return { rules, listed, problems: [] };
}
