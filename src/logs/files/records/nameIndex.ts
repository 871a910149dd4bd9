import { fieldNames, type FieldName } from "../../../detection/signin/fieldNames.ts";
import { plainName } from "./plainName.ts";

/** What may stand before the names of a sign-in where a record was flattened, as plain names. */
const wrappers = ["", "source", "event", "result", "record", "body", "data", "raw", "fields"];
const owners = [
  "azuresigninlogsproperties",
  "azuresigninlogs",
  "azureproperties",
  "azure",
  "signinlogsproperties",
  "signinlogs",
  "additionalproperties",
  "properties",
  "",
];
const prefixes = wrappers
  .flatMap((wrapper) => owners.map((owner) => `${wrapper}${owner}`))
  .filter((prefix) => prefix !== "")
  .toSorted((a, b) => b.length - a.length);

/** Each plain name, the fields that it stands for, and how early it is among the names of each. */
const fieldsByName = new Map<string, (readonly [FieldName, number])[]>();
for (const [field, names] of Object.entries(fieldNames)) {
  for (const [rank, name] of names.entries()) {
    const plain = plainName(name);
    const entries = fieldsByName.get(plain) ?? [];
    entries.push([field as FieldName, rank]);
    fieldsByName.set(plain, entries);
  }
}

export interface Target {
  readonly fields: readonly (readonly [FieldName, number])[];
  /** What was left out in front, and what is left. */
  readonly prefix: string;
  readonly rest: string;
}

const targets = new Map<string, Target>();

/** What a plain name, with those of the objects around it, stands for. */
export function lookUp(plain: string): Target {
  const known = targets.get(plain);
  if (known !== undefined) {
    return known;
  }
  const target = lookUpAnew(plain);
  if (targets.size > 10_000) {
    targets.clear();
  }
  targets.set(plain, target);
  return target;
}

function lookUpAnew(plain: string): Target {
  const fields = fieldsByName.get(plain);
  if (fields !== undefined) {
    return { fields, prefix: "", rest: plain };
  }
  const prefix = prefixes.find(
    (each) => plain.startsWith(each) && isKnown(plain.slice(each.length)),
  );
  const rest = plain.slice(prefix?.length ?? 0);
  return { fields: fieldsByName.get(rest) ?? [], prefix: prefix ?? "", rest };
}

function isKnown(plain: string): boolean {
  return (
    fieldsByName.has(plain) || /^authenticationdetails?\d/.test(plain) || ownStepNames.has(plain)
  );
}

/** Whether a name stands for a field, or for one of a step. */
export function isKnownName(name: string): boolean {
  const target = lookUp(plainName(name));
  return target.fields.length > 0 || ownStepNames.has(target.rest);
}

/** Columns of a step that mean nothing else. */
export const ownStepNames: ReadonlySet<string> = new Set([
  "authenticationstepdatetime",
  "authenticationmethod",
  "authenticationmethoddetail",
  "authenticationstepresultdetail",
  "authenticationsteprequirement",
  "succeeded",
  "resultdetail",
  "requirement",
  "statussequence",
  "requestsequence",
]);

/** Whether columns are those of steps, without anybody whose they are. */
export function isStepsHeader(names: readonly string[]): boolean {
  const plain = names.map(plainName);
  const users = [...fieldNames.UserPrincipalName, ...fieldNames.UserId].map(plainName);
  return (
    plain.some((name) => ownStepNames.has(name)) && !plain.some((name) => users.includes(name))
  );
}
