import * as v from "valibot";
import { parseDuration } from "../detection/rules/duration.ts";
import { presets } from "../detection/rules/presets.ts";
import {
  approvalsThatRaise,
  isWindowKind,
  ruleModes,
  severities,
  windowWords,
  type WindowKindName,
} from "../detection/rules/rule.ts";
import type { NamedRanges } from "../detection/rules/ruleEntry.ts";
import { parseCidr } from "../detection/signin/cidr.ts";
import { isGlob, longestGlob, mostStars } from "../detection/signin/glob.ts";
import { promptOutcomes } from "../detection/signin/outcome.ts";
import { longestText } from "../detection/signin/signIn.ts";
import { membersMessage } from "./issues.ts";
import { didYouMean } from "./nearest.ts";
import { ruleLimits } from "./ruleLimits.ts";

const asText = "must be text";
const asFlag = "must be true or false";
const asList = "must be a list";
const asWhole = "must be a whole number";
const asNumber = "must be a number";
const asApproval = "must be an object with required, watch or raises";
const asExclusions = "must be an object with users, addresses or applications";

const presetIds = presets.map(({ id }) => id);

const text = (longest: number) =>
  v.pipe(
    v.string(asText),
    v.check((given) => given.trim() !== "", "is empty"),
    v.maxLength(longest, `must have at most ${longest} characters`),
  );

const id = v.pipe(
  v.string(asText),
  v.regex(
    /^[A-Za-z\d][\w.-]{0,63}$/,
    "must be 1 to 64 letters, digits, dots, hyphens or underscores",
  ),
);

function duration(leastMs: number, mostMs: number, span: string) {
  return v.pipe(
    v.string("must be a duration such as PT15M"),
    v.check((given) => {
      const ms = parseDuration(given);
      return ms !== null && ms >= leastMs && ms <= mostMs;
    }, `must be a duration from ${span}`),
  );
}

const list = <T extends v.GenericSchema>(item: T) =>
  v.pipe(v.array(item, asList), v.nonEmpty("is empty"));

/** A list that may be empty, because the setting `DETECTION_RULES` has always accepted that. */
const anyList = <T extends v.GenericSchema>(item: T) => v.optional(v.array(item, asList));

const watchlistMembers = {
  watchlist: v.pipe(
    v.string(asText),
    v.regex(
      /^[\w.-]{1,128}$/,
      "must be the alias of a watchlist: letters, digits, dots, hyphens, underscores",
    ),
  ),
  column: text(128),
};

const watchlist = v.strictObject(
  watchlistMembers,
  membersMessage(
    Object.keys(watchlistMembers),
    "must be text, or an object with watchlist and column",
  ),
);

/** Accepts an item or a watchlist. For a union, valibot would only say that neither fits. */
const orWatchlist = <T extends v.GenericSchema>(item: T) =>
  v.lazy((input) => (typeof input === "object" && input !== null ? watchlist : item));

const pattern = v.pipe(
  text(longestText),
  v.check(
    (given) =>
      !isGlob(given) || (given.length <= longestGlob && given.split("*").length - 1 <= mostStars),
    `must be a pattern of at most ${longestGlob} characters and ${mostStars} stars`,
  ),
  v.check((given) => !/^[*?]+$/.test(given.trim()), "fits everything"),
);

const domain = v.pipe(
  v.string(asText),
  v.regex(
    /^[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)+$/u,
    "must be a domain such as contoso.com",
  ),
  v.maxLength(253, "must have at most 253 characters"),
);

const country = v.pipe(
  v.string(asText),
  v.regex(/^[A-Za-z]{2}$/, "must be a country's code of two letters, such as DE"),
);

const range = v.pipe(
  v.string(asText),
  v.check((given) => parseCidr(given) !== null, "must be an address or a CIDR range"),
);

/** @param ranges the named ranges of the file */
function address(ranges: NamedRanges) {
  const named = Object.keys(ranges);
  return v.pipe(
    v.string(asText),
    v.check(
      (given) => parseCidr(given) !== null || named.includes(given.trim()),
      ({ input }) =>
        named.length === 0
          ? "must be an address or a CIDR range"
          : `must be an address, a CIDR range or one of the named ranges${didYouMean(input, named)}`,
    ),
  );
}

function selectorMembers(ranges: NamedRanges) {
  return {
    users: v.optional(list(orWatchlist(pattern))),
    domains: v.optional(list(orWatchlist(domain))),
    userType: v.optional(v.picklist(["guest", "member"], "must be guest or member")),
    applications: v.optional(list(orWatchlist(pattern))),
    addresses: v.optional(list(orWatchlist(address(ranges)))),
    countries: v.optional(list(country)),
  };
}

const day = v.pipe(
  v.string("must be a day such as 2026-12-31"),
  v.check(isDay, "must be a day such as 2026-12-31"),
);

function isDay(given: string): boolean {
  const at = /^\d{4}-\d\d-\d\d$/.test(given) ? Date.parse(`${given}T00:00:00Z`) : NaN;
  // A 30th of February would otherwise be the 2nd of March.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(given);
}

/** Rejects lists, because an empty one would pass for an object without members. */
function notList<T extends v.GenericSchema>(schema: T, message: string) {
  return v.lazy((input) => (Array.isArray(input) ? v.custom<never>(() => false, message) : schema));
}

/** The schema of a rule in a file, and in the setting `DETECTION_RULES`. */
export function ruleSchema(ranges: NamedRanges = {}) {
  const selector = selectorMembers(ranges);
  const names = Object.keys(selector);
  const someOf = `at least one of ${names.join(", ")}`;
  const selects = (given: object) => names.some((name) => Object.hasOwn(given, name));
  const excluding = {
    ...selector,
    reason: text(500),
    owner: v.optional(text(200)),
    until: v.optional(day),
  };
  const approval = {
    required: v.optional(v.boolean(asFlag)),
    watch: v.optional(duration(0, ruleLimits.longestWatchMs, "PT0M to P7D")),
    raises: v.optional(v.picklist(approvalsThatRaise, "must be any or matched")),
  };
  const exclusions = {
    users: anyList(pattern),
    addresses: anyList(address(ranges)),
    applications: anyList(pattern),
  };
  const members = {
    id,
    basedOn: v.optional(v.picklist(presetIds, `must be one of ${presetIds.join(", ")}`)),
    wasId: v.optional(v.lazy((input) => (Array.isArray(input) ? list(id) : id))),
    family: v.optional(id),
    wasFamily: v.optional(v.lazy((input) => (Array.isArray(input) ? list(id) : id))),
    name: v.optional(text(200)),
    description: v.optional(text(2_000)),
    mode: v.optional(v.picklist(ruleModes, `must be one of ${ruleModes.join(", ")}`)),
    kind: v.optional(
      v.custom<WindowKindName>(isWindowKind, `must be ${Object.keys(windowWords).join(" or ")}`),
    ),
    window: v.optional(
      duration(ruleLimits.shortestWindowMs, ruleLimits.longestWindowMs, "PT1S to PT24H"),
    ),
    threshold: v.optional(
      v.pipe(
        v.number(asNumber),
        v.integer(asWhole),
        v.minValue(1, "must be 1 or more"),
        v.maxValue(ruleLimits.largestThreshold, `must be ${ruleLimits.largestThreshold} or less`),
      ),
    ),
    counted: v.optional(
      list(v.picklist(promptOutcomes, `must be one of ${promptOutcomes.join(", ")}`)),
    ),
    severity: v.optional(v.picklist(severities, `must be one of ${severities.join(", ")}`)),
    usualOriginSeverity: v.optional(
      v.picklist(
        ["none", "Informational", "Low", "Medium"],
        "must be none, Informational, Low or Medium",
      ),
    ),
    originDecides: v.optional(v.boolean(asFlag)),
    riskScore: v.optional(
      v.pipe(
        v.number(asNumber),
        v.integer(asWhole),
        v.minValue(0, "must be 0 or more"),
        v.maxValue(100, "must be 100 or less"),
      ),
    ),
    approval: v.optional(
      notList(
        v.strictObject(approval, membersMessage(Object.keys(approval), asApproval)),
        asApproval,
      ),
    ),
    techniques: v.optional(
      list(
        v.pipe(
          v.string(asText),
          v.regex(/^T\d{4}(?:\.\d{3})?$/, "must be a technique of MITRE ATT&CK such as T1621"),
        ),
      ),
    ),
    message: v.optional(text(1_000)),
    knownFalsePositives: v.optional(text(2_000)),
    source: v.optional(text(500)),
    appliesTo: v.optional(
      v.pipe(
        v.strictObject(selector, membersMessage(names, `must be an object with ${someOf}`)),
        v.check((given) => selects(given), `is empty; it must say ${someOf}`),
      ),
    ),
    exclude: v.optional(
      v.array(
        v.pipe(
          v.strictObject(
            excluding,
            membersMessage(Object.keys(excluding), `must be an object with reason and ${someOf}`),
          ),
          v.check((given) => selects(given), `excludes everything; it must say ${someOf}`),
        ),
        asList,
      ),
    ),
    exclusions: v.optional(
      notList(
        v.strictObject(exclusions, membersMessage(Object.keys(exclusions), asExclusions)),
        asExclusions,
      ),
    ),
  };
  return v.strictObject(
    members,
    membersMessage(Object.keys(members), "must be an object with the id of a rule"),
  );
}

/** Address ranges, by the names that rules use for them. */
export const rangesSchema = v.record(
  v.pipe(
    v.string(),
    v.regex(
      /^[A-Za-z][\w .-]{0,63}$/,
      "must be a name: a letter, then letters, digits, blanks, dots, hyphens",
    ),
  ),
  list(range),
  "must be an object of named lists of ranges",
);
