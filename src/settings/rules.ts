import * as v from "valibot";
import { parseCidr, type Cidr } from "../detection/signin/cidr.ts";
import { isFields } from "../detection/signin/fields.ts";
import { promptOutcomes } from "../detection/signin/outcome.ts";
import { presets } from "../detection/rules/presets.ts";
import {
  isWindowKind,
  severities,
  windowWords,
  type Rule,
  type WindowKindName,
} from "../detection/rules/rule.ts";
import { parseDuration } from "./duration.ts";

/** Bounds of a rule's numbers: what lies outside would count everything, or could never be read whole. */
export const ruleLimits = {
  shortestWindowMs: 1_000,
  longestWindowMs: 24 * 3_600_000,
  largestThreshold: 10_000,
} as const;

const ruleIds = presets.map((rule) => rule.id);

const windowText = v.pipe(
  v.string("has to be a duration such as PT15M"),
  v.transform(parseDuration),
  v.check(
    (ms) => ms !== null && ms >= ruleLimits.shortestWindowMs && ms <= ruleLimits.longestWindowMs,
    "has to be a duration from PT1S to PT24H",
  ),
  v.transform((ms) => ms ?? 0),
);

const addressRange = v.pipe(
  v.string("has to be text"),
  v.check((text) => parseCidr(text) !== null, "has to be an address or a CIDR range"),
  v.transform((text): Cidr => parseCidr(text) ?? { text, value: 0n, bits: 128 }),
);

const lowerText = v.pipe(
  v.string("has to be text"),
  v.trim(),
  v.nonEmpty("is empty"),
  v.toLowerCase(),
);

const list = <T extends v.GenericSchema>(item: T) =>
  v.optional(v.array(item, "has to be a list"), []);

/** One rule that ships, with some of it changed. */
export const ruleOverride = v.strictObject(
  {
    id: v.picklist(ruleIds, `has to be one of ${ruleIds.join(", ")}`),
    threshold: v.optional(
      v.pipe(
        v.number("has to be a number"),
        v.integer("has to be whole"),
        v.minValue(1, "has to be 1 or more"),
        v.maxValue(ruleLimits.largestThreshold, `has to be ${ruleLimits.largestThreshold} or less`),
      ),
    ),
    window: v.optional(windowText),
    kind: v.optional(
      v.custom<WindowKindName>(isWindowKind, `has to be ${Object.keys(windowWords).join(" or ")}`),
    ),
    severity: v.optional(v.picklist(severities, `has to be one of ${severities.join(", ")}`)),
    counted: v.optional(
      v.pipe(
        v.array(
          v.picklist(promptOutcomes, `has to be one of ${promptOutcomes.join(", ")}`),
          "has to be a list",
        ),
        v.nonEmpty("is empty"),
      ),
    ),
    exclusions: v.optional(
      v.strictObject(
        {
          users: list(lowerText),
          addresses: list(addressRange),
          applications: list(lowerText),
        },
        "has to be an object with users, addresses or applications",
      ),
    ),
  },
  "has to be an object with the id of a rule",
);

type RuleOverride = v.InferOutput<typeof ruleOverride>;

const ruleList = v.pipe(
  v.array(ruleOverride, "has to be a list of rules"),
  v.nonEmpty("names no rule"),
  // Also where something else is wrong, so that all is said at once.
  v.rawCheck(({ dataset, addIssue }) => {
    const rules: readonly unknown[] = Array.isArray(dataset.value) ? dataset.value : [];
    const ids = rules
      .map((rule) => (isFields(rule) ? rule["id"] : undefined))
      .filter((id) => id !== undefined);
    if (new Set(ids).size < ids.length) {
      addIssue({ message: "names a rule twice" });
    }
  }),
);

export interface RulesRead {
  readonly rules: readonly Rule[];
  /** Each begins with its place in the text, such as `[0].threshold`. */
  readonly problems: readonly string[];
}

/**
 * The rules to use.
 *
 * @param text ids of rules by comma, or a JSON array of `{id, threshold?, window?, kind?, severity?,
 *   counted?, exclusions?: {users?, addresses?, applications?}}`; blank for the rules that are on by default
 */
export function readRules(text: string): RulesRead {
  const trimmed = text.trim();
  if (trimmed === "") {
    return { rules: presets.filter((rule) => rule.enabled), problems: [] };
  }
  let value: unknown;
  try {
    value = trimmed.startsWith("[")
      ? JSON.parse(trimmed)
      : trimmed.split(",").map((id) => ({ id: id.trim() }));
  } catch {
    return { rules: [], problems: ["is no valid JSON"] };
  }
  return readRuleList(value);
}

/** The same of what the JSON array says. */
export function readRuleList(value: unknown): RulesRead {
  const read = v.safeParse(ruleList, value);
  if (!read.success) {
    return { rules: [], problems: read.issues.map(describeIssue) };
  }
  return { rules: read.output.map(applyOverride), problems: [] };
}

export function applyOverride({ id, window, ...override }: RuleOverride): Rule {
  const preset = presets.find((rule) => rule.id === id);
  if (preset === undefined) {
    throw new Error(`no rule ${id}`);
  }
  const given = Object.fromEntries(
    Object.entries(override).filter(([, value]) => value !== undefined),
  );
  return { ...preset, ...given, ...(window === undefined ? {} : { windowMs: window }) };
}

/** An issue of valibot as `[0].threshold has to be whole`. */
export function describeIssue(issue: v.BaseIssue<unknown>): string {
  const place = placeOf(issue);
  return place === "" ? problemOf(issue) : `${place} ${problemOf(issue)}`;
}

/** A problem of a setting, with the setting's name before its place: `DETECTION_RULES[0].threshold has …`. */
export function problemWith(setting: string, problem: string): string {
  return problem.startsWith("[") ? `${setting}${problem}` : `${setting} ${problem}`;
}

/** Where in the value it is, such as `[0].threshold`; empty for the value as a whole. */
export function placeOf(issue: v.BaseIssue<unknown>): string {
  return (issue.path ?? [])
    .map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
}

/** What is wrong with it, as the rest of a sentence. */
export function problemOf({ path, input, expected, message }: v.BaseIssue<unknown>): string {
  if (expected === "never") {
    return "is not known";
  }
  // JSON holds no undefined.
  return path !== undefined && input === undefined ? "is missing" : message;
}
