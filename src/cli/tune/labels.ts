import * as v from "valibot";
import { readTime } from "../../detection/signin/time.ts";
import { plainName } from "../../logs/files/records/plainName.ts";
import type { DateOrder } from "../../logs/files/records/csvTime.ts";
import type { IncidentLabel, IncidentLabels } from "../../run/incidentLabels.ts";
import { parseJson } from "../jsonFile.ts";
import { readTextFile } from "../textFile.ts";
import { UsageError } from "../usageError.ts";
import { incidentRows } from "./incidentRows.ts";

const text = v.optional(v.nullable(v.string()));

/** An incident of Sentinel's API (`properties`), or a row of the table SecurityIncident. */
const incident = v.looseObject({ properties: v.optional(v.looseObject({})) });

const truth = v.looseObject({
  user: v.string(),
  userId: v.string(),
  firstDenialAt: v.string(),
  lastDenialAt: v.string(),
});

const fields = v.looseObject({
  title: text,
  description: text,
  classification: text,
  firstActivityTimeUtc: text,
  lastActivityTimeUtc: text,
  createdTimeUtc: text,
  incidentNumber: v.optional(v.nullable(v.union([v.number(), v.string()]))),
});

/** The portals' classifications for what was not an attack, without blanks. Undetermined says nothing. */
const benignClass = /^(?:benignpositive|falsepositive|informational)/;
const attackClass = /^truepositive/;

/**
 * Reads what became of incidents: an export of incidents in JSON (an array, or `value` of the API) or CSV (rows of the
 * table SecurityIncident, or the list of the Defender portal), or the truth that `generate` writes.
 *
 * @param dateOrder of times with slashes, in CSV
 * @throws UsageError if the file is none of them
 */
export async function readLabels(
  path: string,
  dateOrder: DateOrder | null,
): Promise<IncidentLabels> {
  const whole = await readTextFile(path);
  if (!/^\s*[[{]/.test(whole)) {
    const rows = incidentRows(path, whole, dateOrder);
    return labelsOf(rows.map(({ record, place }) => readIncident(record, place)));
  }
  const content = parseJson(path, whole);
  const generated = v.safeParse(
    v.looseObject({ attacks: v.array(truth), benign: v.optional(v.array(truth), []) }),
    content,
  );
  if (generated.success) {
    const { attacks, benign } = generated.output;
    return {
      labels: [...attacks.map(ofTruth(true)), ...benign.map(ofTruth(false))],
      areComplete: true,
    };
  }
  const listed = v.safeParse(
    v.union([
      v.array(incident),
      v.pipe(
        v.looseObject({ value: v.array(incident) }),
        v.transform(({ value }) => value),
      ),
    ]),
    content,
  );
  if (!listed.success) {
    throw new UsageError(
      `--labels ${path}: must be a list of incidents, or what generate writes as truth.json`,
    );
  }
  return labelsOf(listed.output.map((each, index) => readIncident(each, `${path}[${index}]`)));
}

function labelsOf(all: readonly Read[]): IncidentLabels {
  return { labels: latest(all).flatMap(({ label }) => label ?? []), areComplete: false };
}

function ofTruth(isAttack: boolean) {
  return ({ user, userId, firstDenialAt, lastDenialAt }: v.InferOutput<typeof truth>) => ({
    names: [user.toLowerCase(), userId.toLowerCase()],
    from: Date.parse(firstDenialAt),
    to: Date.parse(lastDenialAt),
    isAttack,
  });
}

interface Read {
  readonly number: string | null;
  readonly modifiedAt: number;
  /** Returns null if nobody has decided. */
  readonly label: IncidentLabel | null;
}

/** Keeps the last row of each incident, because the table has a row for each change. */
function latest(all: readonly Read[]): readonly Read[] {
  const byNumber = new Map<string, Read>();
  const unnumbered = all.filter(({ number }) => number === null);
  for (const each of all) {
    if (each.number !== null) {
      const known = byNumber.get(each.number);
      if (known === undefined || each.modifiedAt >= known.modifiedAt) {
        byNumber.set(each.number, each);
      }
    }
  }
  return [...byNumber.values(), ...unnumbered];
}

function readIncident(record: v.InferOutput<typeof incident>, place: string): Read {
  const given = plainNames({ ...record, ...record.properties });
  const read = v.safeParse(fields, {
    title: given("title", "incidentname"),
    description: given("description"),
    classification: given("classification"),
    firstActivityTimeUtc: given("firstactivitytimeutc", "firstactivitytime", "firstactivity"),
    lastActivityTimeUtc: given("lastactivitytimeutc", "lastactivitytime", "lastactivity"),
    createdTimeUtc: given("createdtimeutc", "createdtime", "creationtime"),
    incidentNumber: given("incidentnumber", "incidentid"),
  });
  if (!read.success) {
    throw new UsageError(`--labels ${place}: is not an incident of Sentinel`);
  }
  const { incidentNumber = null } = read.output;
  const modified = given("lastmodifiedtimeutc", "lastmodifiedtime", "lastupdatetime");
  return {
    number: incidentNumber === null ? null : String(incidentNumber),
    modifiedAt: (typeof modified === "string" ? readTime(modified) : null) ?? 0,
    label: labelOf(read.output, place),
  };
}

/** Returns the member under the first of the names that exists. Case and separators do not matter. */
function plainNames(
  record: Readonly<Record<string, unknown>>,
): (...names: readonly string[]) => unknown {
  const members = new Map(Object.entries(record).map(([name, value]) => [plainName(name), value]));
  return (...names) => members.get(names.find((name) => members.has(name)) ?? "");
}

function labelOf(given: v.InferOutput<typeof fields>, place: string): IncidentLabel | null {
  const classification = given.classification?.toLowerCase().replaceAll(/[^a-z]/g, "") ?? "";
  const isAttack = attackClass.test(classification);
  if (!isAttack && !benignClass.test(classification)) {
    return null;
  }
  const from = readTime(given.firstActivityTimeUtc ?? given.createdTimeUtc ?? "");
  const to = readTime(given.lastActivityTimeUtc ?? given.createdTimeUtc ?? "");
  if (from === null || to === null) {
    throw new UsageError(`--labels ${place}: has no readable time of its first and last activity`);
  }
  const inTitle = namesIn(given.title ?? "");
  const names = inTitle.length > 0 ? inTitle : namesIn(given.description ?? "");
  return { names, from, to, isAttack };
}

/** Principal names and object ids. */
function namesIn(words: string): readonly string[] {
  return [
    ...words
      .toLowerCase()
      .matchAll(
        /(?<![\w.+'#-])[\w.+'#-]{1,128}@[\w.-]{0,190}\w|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g,
      ),
  ].map(([name]) => name);
}
