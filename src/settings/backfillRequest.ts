import * as v from "valibot";
import { presets } from "../detection/rules/presets.ts";
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
  { workspaces, dryRun: isPilot }: Pick<Settings, "workspaces" | "dryRun">,
  rules: readonly Pick<Rule, "id">[],
  now: number,
): RequestedBackfill | readonly FieldProblem[] {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return [{ field: "", problem: "the body is not valid JSON" }];
  }
  const schema = v.pipe(
    v.strictObject(
      {
        from: moment,
        to: v.pipe(moment, v.maxValue(now, "lies in the future")),
        rules: names([...new Set([...presets, ...rules].map(({ id }) => id))]),
        workspaces: names(workspaces.map(({ name }) => name)),
        dryRun: v.optional(v.boolean("must be true or false"), false),
      },
      "must be an object",
    ),
    // Runs even if other fields are wrong, so that all problems are reported at once.
    v.forward(
      v.partialCheck([["from"], ["to"]], ({ from, to }) => from < to, "is not before to"),
      ["from"],
    ),
  );
  const read = v.safeParse(schema, value);
  if (!read.success) {
    return read.issues.map((issue) => ({ field: placeOf(issue), problem: problemOf(issue) }));
  }
  const { from, to, dryRun } = read.output;
  return {
    from,
    to,
    rules: read.output.rules ?? [...new Set(rules.map(({ id }) => id))].toSorted(),
    workspaces: read.output.workspaces ?? workspaces.map(({ name }) => name).toSorted(),
    dryRun: dryRun || isPilot,
  };
}
