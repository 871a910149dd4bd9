import * as v from "valibot";
import { parseDuration } from "../detection/rules/duration.ts";

const minute = 60_000;
const day = 1_440 * minute;

/** Any text. It is parsed elsewhere, together with other settings. */
export const anyText = v.string();

export const cloudName = v.picklist(["public", "usgov"], "must be public or usgov");

export const approvalRaises = v.picklist(["any", "matched"], "must be any or matched");

/** Parses to null for `none`. */
export const usualSeverity = v.pipe(
  v.picklist(
    ["none", "Informational", "Low", "Medium"],
    "must be none, Informational, Low or Medium",
  ),
  v.transform((severity) => (severity === "none" ? null : severity)),
);

export const onOrOff = v.pipe(
  v.picklist(["on", "off"], "must be on or off"),
  v.transform((text) => text === "on"),
);

export const tableName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z][A-Za-z0-9]{2,62}$/, "must be 3 to 63 letters and digits, a letter first"),
);

export const optionalGuid = v.pipe(
  v.string(),
  v.regex(/^$|^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i, "must be a GUID"),
  v.transform((text) => text || null),
);

/** Null if empty. */
export const optionalEndpoint = v.pipe(
  v.string(),
  v.check((text) => text === "" || isHttps(text), "must be an https address"),
  v.transform((text) => withoutSlashes(text) || null),
);

export function isHttps(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === "https:";
}

/** Removes slashes at the end. A regular expression for that would start over at each of many slashes. */
function withoutSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === "/") {
    end--;
  }
  return text.slice(0, end);
}

export const optionalCollectionRule = v.pipe(
  v.string(),
  v.regex(/^$|^dcr-[\da-f]{32}$/, "must be the immutable id (dcr-…) of a data collection rule"),
  v.transform((text) => text || null),
);

export const streamName = v.pipe(
  v.string(),
  v.regex(/^Custom-[A-Za-z][\w-]{0,100}$/, "must be the name of a custom stream (Custom-…)"),
);

/** The hosts of blobs. A token for them is sent nowhere else. The local ones are stand-ins. */
const blobHost =
  /^(?:[\w-]+\.blob\.(?:core\.windows\.net|core\.usgovcloudapi\.net|storage\.azure\.net)|127\.0\.0\.1|localhost)$/;

/** A path, or the address of a blob. */
export function isRulesFile(text: string): boolean {
  return /^\w+:\/\//.test(text)
    ? isHttps(text) && blobHost.test(new URL(text).hostname)
    : !text.includes("\0");
}

export const rulesFileMessage =
  "must be a path in the package, or the https address of a blob (….blob.core.windows.net/…)";

/** Null if none is given. */
export const optionalRulesFile = v.pipe(
  v.string(),
  v.check(isRulesFile, rulesFileMessage),
  v.transform((text) => text || null),
);

export const sinkNames = ["sentinel", "logs"] as const;

export type SinkName = (typeof sinkNames)[number];

/** Null if empty, because the default depends on other settings. */
export const optionalSinks = v.pipe(
  v.string(),
  v.transform((text) =>
    text === "" ? null : [...new Set(text.split(",").map((name) => name.trim()))],
  ),
  v.nullable(v.array(v.picklist(sinkNames, `must be one of ${sinkNames.join(", ")}`))),
);

/** NCRONTAB with or without seconds. The host checks the fields. */
export const schedule = v.pipe(
  v.string(),
  v.regex(
    /^[\w*,/-]+(?:\s+[\w*,/-]+){4,5}$/,
    "must be an NCRONTAB expression such as 0 */5 * * * *",
  ),
);

export const flag = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.picklist(["true", "false"], "must be true or false"),
  v.transform((text) => text === "true"),
);

export function durationBetween(leastMs: number, mostMs: number) {
  return v.pipe(
    v.string(),
    v.transform(parseDuration),
    v.check(
      (ms) => ms !== null && ms >= leastMs && ms <= mostMs,
      `must be an ISO 8601 duration from ${inUnits(leastMs)} to ${inUnits(mostMs)}`,
    ),
    v.transform((ms) => ms ?? 0),
  );
}

/** Null if empty. */
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
    `must be an ISO 8601 duration from ${inUnits(leastMs)} to ${inUnits(mostMs)}`,
  );
}

function inUnits(ms: number): string {
  return ms % day === 0 && ms > 0 ? `P${ms / day}D` : `PT${ms / minute}M`;
}

export function wholeNumber(least: number, most: number) {
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, "must be a whole number"),
    v.transform(Number),
    v.minValue(least, `must be ${least} or more`),
    v.maxValue(most, `must be ${most} or less`),
  );
}
