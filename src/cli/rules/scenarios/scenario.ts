import * as v from "valibot";
import { approvalMatches } from "../../../detection/decisions/approval.ts";
import { promptOutcomes } from "../../../detection/signin/outcome.ts";
import { severities } from "../../../detection/rules/rule.ts";
import { readTime } from "../../../detection/signin/time.ts";
import { ruleSchema } from "../../../settings/ruleSchema.ts";

/** The day of clock times if a scenario names none. */
const usualDay = "2026-03-10";

const clock = /^\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?$/;

/** Returns the epoch milliseconds of a clock time on that day, or of a full time; null if the text is neither. */
export function momentOf(text: string, day: string): number | null {
  return readTime(clock.test(text) ? `${day}T${text}Z` : text);
}

const time = v.pipe(
  v.string("must be a time such as 09:00:13 or 2026-03-10T09:00:13Z"),
  v.check(
    (text) => momentOf(text, usualDay) !== null,
    "must be a time such as 09:00:13 or 2026-03-10T09:00:13Z",
  ),
);

const day = v.pipe(
  v.string("must be a day such as 2026-03-10"),
  v.check(
    (text) => /^\d{4}-\d\d-\d\d$/.test(text) && momentOf("00:00", text) !== null,
    "must be a day such as 2026-03-10",
  ),
);

const name = v.pipe(
  v.string("must be text"),
  v.check((text) => text.trim() !== "", "is blank"),
);

const count = v.pipe(
  v.number("must be a number"),
  v.integer("must be a whole number"),
  v.minValue(0, "must be 0 or more"),
);

/** Compares names regardless of case, because logs differ in it. */
export function sameUser(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}

const names = v.array(name, "must be a list");

/** Prompts of one user, each in a row of its own. */
const promptEntries = {
  user: name,
  at: v.pipe(v.array(time, "must be a list of times"), v.nonEmpty("is empty")),
  day: v.optional(day),
  request: v.optional(name),
  address: v.optional(name),
  published: v.optional(time),
};

const denials = v.strictObject(
  {
    ...promptEntries,
    outcome: v.optional(
      v.picklist(promptOutcomes, `must be one of ${promptOutcomes.join(", ")}`),
      "denied",
    ),
    in: v.optional(v.picklist(["step", "status"], "must be step or status"), "step"),
  },
  "must be an object with user and at",
);

const approvals = v.strictObject(promptEntries, "must be an object with user and at");

const expected = v.strictObject(
  {
    user: name,
    tenantId: v.optional(v.nullable(name)),
    userId: v.optional(v.nullable(name)),
    denials: v.optional(count),
    fraudReports: v.optional(count),
    firstDenialAt: v.optional(time),
    triggeredAt: v.optional(time),
    lastDenialAt: v.optional(time),
    severity: v.optional(v.picklist(severities, `must be one of ${severities.join(", ")}`)),
    approval: v.optional(
      v.nullable(
        v.strictObject(
          {
            at: v.optional(time),
            match: v.optional(
              v.picklist(approvalMatches, `must be one of ${approvalMatches.join(", ")}`),
            ),
          },
          "must be null or an object with at or match",
        ),
      ),
    ),
    ipAddresses: v.optional(names),
    applications: v.optional(names),
    guest: v.optional(v.boolean("must be true or false")),
  },
  "must be an object with a user",
);

/** Validates an item or a list. For a union of both, valibot would only say that neither fits. */
function oneOrMore<const T extends v.GenericSchema>(item: T) {
  return v.pipe(
    v.lazy((input) => (Array.isArray(input) ? v.array(item) : item)),
    v.transform((value) => (Array.isArray(value) ? value : [value]) as v.InferOutput<T>[]),
  );
}

const rowsMessage = "must be a list of rows, or an object such as a query answer";

const rule = ruleSchema();

const scenario = v.strictObject(
  {
    $schema: v.optional(v.string("must be text")),
    name,
    description: v.optional(v.string("must be text")),
    rule: v.lazy((input) => (typeof input === "string" ? rule.entries.id : rule)),
    day: v.optional(day, usualDay),
    rows: v.optional(
      v.custom<object>((input) => typeof input === "object" && input !== null, rowsMessage),
    ),
    denials: v.optional(oneOrMore(denials), []),
    approvals: v.optional(oneOrMore(approvals), []),
    asOf: v.optional(time),
    expect: v.array(expected, "must be a list of findings, empty for none"),
  },
  "must be an object with name, rule and expect",
);

/** The content of a file of scenarios. */
export const scenarioFile = v.lazy((input) =>
  Array.isArray(input) ? v.pipe(v.array(scenario), v.nonEmpty("contains no scenario")) : scenario,
);

export type ScenarioEntry = v.InferOutput<typeof scenario>;
export type DenialEntry = v.InferOutput<typeof denials>;
export type ApprovalEntry = v.InferOutput<typeof approvals>;
export type ExpectedFinding = v.InferOutput<typeof expected>;

/** The parts from which the format's documentation is made. */
export const scenarioParts = { scenario, denials, approvals, expected };
