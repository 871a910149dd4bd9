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

/** Limits of a rule's numbers. Anything outside would count everything, or could never be read completely. */
export const ruleLimits = {
  shortestWindowMs: 1_000,
  longestWindowMs: 24 * 3_600_000,
  largestThreshold: 10_000,
} as const;

const ruleIds = presets.map((rule) => rule.id);

const windowText = v.pipe(
  v.string("must be a duration such as PT15M"),
  v.transform(parseDuration),
  v.check(
    (ms) => ms !== null && ms >= ruleLimits.shortestWindowMs && ms <= ruleLimits.longestWindowMs,
    "must be a duration from PT1S to PT24H",
  ),
  v.transform((ms) => ms ?? 0),
);

const addressRange = v.pipe(
  v.string("must be text"),
  v.check((text) => parseCidr(text) !== null, "must be an address or a CIDR range"),
  v.transform((text): Cidr => parseCidr(text) ?? { text, value: 0n, bits: 128 }),
);

const lowerText = v.pipe(
  v.string("must be text"),
  v.trim(),
  v.nonEmpty("is empty"),
  v.toLowerCase(),
);

const list = <T extends v.GenericSchema>(item: T) =>
  v.optional(v.array(item, "must be a list"), []);

/** A shipped rule with some values changed. */
export const ruleOverride = v.strictObject(
  {
    id: v.picklist(ruleIds, `must be one of ${ruleIds.join(", ")}`),
    threshold: v.optional(
      v.pipe(
        v.number("must be a number"),
        v.integer("must be a whole number"),
        v.minValue(1, "must be 1 or more"),
        v.maxValue(ruleLimits.largestThreshold, `must be ${ruleLimits.largestThreshold} or less`),
      ),
    ),
    window: v.optional(windowText),
    kind: v.optional(
      v.custom<WindowKindName>(isWindowKind, `must be ${Object.keys(windowWords).join(" or ")}`),
    ),
    severity: v.optional(v.picklist(severities, `must be one of ${severities.join(", ")}`)),
    counted: v.optional(
      v.pipe(
        v.array(
          v.picklist(promptOutcomes, `must be one of ${promptOutcomes.join(", ")}`),
          "must be a list",
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
        "must be an object with users, addresses or applications",
      ),
    ),
  },
  "must be an object with the id of a rule",
);

type RuleOverride = v.InferOutput<typeof ruleOverride>;

const ruleList = v.pipe(
  v.array(ruleOverride, "must be a list of rules"),
  v.nonEmpty("names no rule"),
  // Runs even if something else is wrong, so that all problems are reported at once.
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
 * Returns the rules to use.
 *
 * @param text comma-separated rule ids, or a JSON array of `{id, threshold?, window?, kind?, severity?, counted?,
 *   exclusions?: {users?, addresses?, applications?}}`; blank for the default rules
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
    return { rules: [], problems: ["is not valid JSON"] };
  }
  return readRuleList(value);
}

/** The same for the parsed JSON array. */
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

/** Describes an issue of valibot, such as `[0].threshold must be a whole number`. */
export function describeIssue(issue: v.BaseIssue<unknown>): string {
  const place = placeOf(issue);
  return place === "" ? problemOf(issue) : `${place} ${problemOf(issue)}`;
}

/** Prefixes a problem with the setting's name: `DETECTION_RULES[0].threshold must …`. */
export function problemWith(setting: string, problem: string): string {
  return problem.startsWith("[") ? `${setting}${problem}` : `${setting} ${problem}`;
}

/** Returns the place in the value, such as `[0].threshold`; empty for the value as a whole. */
export function placeOf(issue: v.BaseIssue<unknown>): string {
  return (issue.path ?? [])
    .map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
}

/** Describes the problem, as the rest of a sentence. */
export function problemOf({ path, input, expected, message }: v.BaseIssue<unknown>): string {
  if (expected === "never") {
    return "is not known";
  }
  // JSON has no undefined.
  return path !== undefined && input === undefined ? "is missing" : message;
}
