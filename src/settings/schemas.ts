import * as v from "valibot";
import { parseDuration } from "./duration.ts";

const minute = 60_000;
const day = 1_440 * minute;

/** Any text; what it means is read elsewhere, together with other settings. */
export const anyText = v.string();

export const cloudName = v.picklist(["public", "usgov"], "has to be public or usgov");

export const approvalRaises = v.picklist(["any", "matched"], "has to be any or matched");

/** Null where it is `none`. */
export const usualSeverity = v.pipe(
  v.picklist(
    ["none", "Informational", "Low", "Medium"],
    "has to be none, Informational, Low or Medium",
  ),
  v.transform((severity) => (severity === "none" ? null : severity)),
);

export const onOrOff = v.pipe(
  v.picklist(["on", "off"], "has to be on or off"),
  v.transform((text) => text === "on"),
);

export const tableName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z][A-Za-z0-9]{2,62}$/, "has to be 3 to 63 letters and digits, a letter first"),
);

export const optionalGuid = v.pipe(
  v.string(),
  v.regex(/^$|^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i, "has to be a GUID"),
  v.transform((text) => text || null),
);

/** Null where none is given. */
export const optionalEndpoint = v.pipe(
  v.string(),
  v.check((text) => text === "" || isHttps(text), "has to be an https address"),
  v.transform((text) => withoutSlashes(text) || null),
);

export function isHttps(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === "https:";
}

/** Drops slashes at the end. A regular expression for that would start anew at each of many slashes. */
function withoutSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === "/") {
    end--;
  }
  return text.slice(0, end);
}

export const optionalCollectionRule = v.pipe(
  v.string(),
  v.regex(/^$|^dcr-[\da-f]{32}$/, "has to be the immutable id (dcr-…) of a data collection rule"),
  v.transform((text) => text || null),
);

export const streamName = v.pipe(
  v.string(),
  v.regex(/^Custom-[A-Za-z][\w-]{0,100}$/, "has to be the name of a custom stream (Custom-…)"),
);

const sinkNames = ["sentinel", "logs"] as const;

export type SinkName = (typeof sinkNames)[number];

/** Null where none is given: the default depends on other settings. */
export const optionalSinks = v.pipe(
  v.string(),
  v.transform((text) =>
    text === "" ? null : [...new Set(text.split(",").map((name) => name.trim()))],
  ),
  v.nullable(v.array(v.picklist(sinkNames, `has to be one of ${sinkNames.join(", ")}`))),
);

/** NCRONTAB with or without seconds; the host knows what a field may hold. */
export const schedule = v.pipe(
  v.string(),
  v.regex(
    /^[\w*,/-]+(?:\s+[\w*,/-]+){4,5}$/,
    "has to be an NCRONTAB expression such as 0 */5 * * * *",
  ),
);

export const flag = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.picklist(["true", "false"], "has to be true or false"),
  v.transform((text) => text === "true"),
);

export function durationBetween(leastMs: number, mostMs: number) {
  return v.pipe(
    v.string(),
    v.transform(parseDuration),
    v.check(
      (ms) => ms !== null && ms >= leastMs && ms <= mostMs,
      `has to be an ISO 8601 duration from ${inUnits(leastMs)} to ${inUnits(mostMs)}`,
    ),
    v.transform((ms) => ms ?? 0),
  );
}

/** Null where none is given. */
export function optionalDuration(leastMs: number, mostMs: number) {
  const given = durationBetween(leastMs, mostMs);
  return v.union(
    [
      v.pipe(
        v.literal(""),
        v.transform(() => null),
      ),
      given,
    ],
    `has to be an ISO 8601 duration from ${inUnits(leastMs)} to ${inUnits(mostMs)}`,
  );
}

function inUnits(ms: number): string {
  return ms % day === 0 && ms > 0 ? `P${ms / day}D` : `PT${ms / minute}M`;
}

export function wholeNumber(least: number, most: number) {
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, "has to be a whole number"),
    v.transform(Number),
    v.minValue(least, `has to be ${least} or more`),
    v.maxValue(most, `has to be ${most} or less`),
  );
}
