import { fieldNames, type FieldName } from "../../../detection/signin/fieldNames.ts";
import { plainName } from "./plainName.ts";

/** Possible prefixes of the names of a flattened sign-in, as plain names. */
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

/** For each plain name the fields that it can mean, and its rank among the names of each. */
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
  /** The prefix that was removed, and the rest. */
  readonly prefix: string;
  readonly rest: string;
}

const targets = new Map<string, Target>();

/** Returns the meaning of a plain name that includes those of the enclosing objects. */
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
    fieldsByName.has(plain) ||
    ownStepNames.has(plain.replace(/^authenticationdetails?(?=\D)/, "")) ||
    /^authenticationdetails?\d/.test(plain)
  );
}

/** Reports whether a name means a field, or a field of a step. */
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

/** Reports whether columns are those of steps without any account. */
export function isStepsHeader(names: readonly string[]): boolean {
  const plain = names.map(plainName);
  const users = [...fieldNames.UserPrincipalName, ...fieldNames.UserId].map(plainName);
  return (
    plain.some((name) => ownStepNames.has(name)) && !plain.some((name) => users.includes(name))
  );
}
