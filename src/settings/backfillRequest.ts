import * as v from "valibot";
import { mainRule, presets } from "../detection/rules/presets.ts";
import type { Rule } from "../detection/rules/rule.ts";
import { readTime } from "../detection/signin/time.ts";
import { placeOf, problemOf } from "./issues.ts";
import type { Settings } from "./settings.ts";

/** A field of a request, and its problem. */
export interface FieldProblem {
  readonly field: string;
  readonly problem: string;
}

export interface RequestedBackfill {
  readonly from: number;
  readonly to: number;
  readonly rules: readonly string[];
  readonly workspaces: readonly string[];
  readonly dryRun: boolean;
}

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;

const moment = v.pipe(
  v.string("must be a time such as 2026-03-10T09:00:00Z"),
  v.transform((text) => (rfc3339.test(text) ? readTime(text) : null)),
  v.check((at) => at !== null, "must be a time such as 2026-03-10T09:00:00Z"),
  v.transform((at) => at ?? 0),
);

function names(known: readonly string[]) {
  const list = v.pipe(
    v.array(v.picklist(known, `must be one of ${known.join(", ")}`), "must be a list"),
    v.nonEmpty("is empty"),
    v.transform((given) => [...new Set(given)].toSorted()),
  );
  return v.optional(list);
}

/**
 * Parses the body of a backfill request: `{from, to, rules?, workspaces?, dryRun?}`. Rules and workspaces default
 * to those of the settings. While the app is in a dry run, so is every backfill.
 *
 * @param rules in use in some workspace
 * @returns the request, or every problem with it
 */
export function readBackfillRequest(
  body: string,
  settings: RequestSettings,
  rules: readonly Pick<Rule, "id">[],
  now: number,
): RequestedBackfill | readonly FieldProblem[] {
  const schema = v.pipe(
    v.strictObject(
      {
        ...sharedMembers(settings, now),
        rules: names(distinctIds([...presets, ...rules])),
        dryRun: v.optional(v.boolean("must be true or false"), false),
      },
      "must be an object",
    ),
    // Runs even if other fields are wrong, so that all problems are reported at once.
    v.forward(v.partialCheck([["from"], ["to"]], isInOrder, "is not before to"), ["from"]),
  );
  const read = parseBody(body, schema);
  return "length" in read
    ? read
    : {
        from: read.from,
        to: read.to,
        rules: read.rules ?? distinctIds(rules).toSorted(),
        workspaces: read.workspaces ?? namesOf(settings),
        dryRun: read.dryRun || settings.dryRun,
      };
}

/**
 * Parses the body of a request to tune: `{from, to, rule?, workspaces?}`.
 *
 * @param rules in use in some workspace
 * @returns the request, or every problem with it
 */
export function readTuneRequest(
  body: string,
  settings: RequestSettings,
  rules: readonly Pick<Rule, "id">[],
  now: number,
): (RequestedBackfill & { readonly tune: string }) | readonly FieldProblem[] {
  const known = distinctIds([...presets, ...rules]);
  const schema = v.pipe(
    v.strictObject(
      {
        ...sharedMembers(settings, now),
        rule: v.optional(v.picklist(known, `must be one of ${known.join(", ")}`), mainRule),
      },
      "must be an object",
    ),
    v.forward(v.partialCheck([["from"], ["to"]], isInOrder, "is not before to"), ["from"]),
  );
  const read = parseBody(body, schema);
  return "length" in read
    ? read
    : {
        from: read.from,
        to: read.to,
        rules: distinctIds(rules).toSorted(),
        workspaces: read.workspaces ?? namesOf(settings),
        dryRun: true,
        tune: read.rule,
      };
}

type RequestSettings = Pick<Settings, "workspaces" | "dryRun">;

function namesOf({ workspaces }: RequestSettings): readonly string[] {
  return workspaces.map(({ name }) => name).toSorted();
}

function distinctIds(rules: readonly Pick<Rule, "id">[]): readonly string[] {
  return [...new Set(rules.map(({ id }) => id))];
}

/** Returns the members that every request has. */
function sharedMembers({ workspaces }: RequestSettings, now: number) {
  return {
    from: moment,
    to: v.pipe(moment, v.maxValue(now, "lies in the future")),
    workspaces: names(workspaces.map(({ name }) => name)),
  };
}

const isInOrder = ({ from, to }: Pick<RequestedBackfill, "from" | "to">) => from < to;

/** @returns what a body says, or every problem with it */
function parseBody<T>(
  body: string,
  schema: v.GenericSchema<unknown, T>,
): T | readonly FieldProblem[] {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return [{ field: "", problem: "the body is not valid JSON" }];
  }
  const read = v.safeParse(schema, value);
  return read.success
    ? read.output
    : read.issues.map((issue) => ({ field: placeOf(issue), problem: problemOf(issue) }));
}
