import { isFields, text as textOf, type Fields } from "../../../detection/signin/fields.ts";
import { fieldNames, type FieldName, type StepName } from "../../../detection/signin/fieldNames.ts";
import { readLooseText } from "./looseText.ts";
import { lookUp, ownStepNames, type Target } from "./nameIndex.ts";
import { plainName } from "./plainName.ts";
import { stepField } from "./readSteps.ts";

/** Maximum depth of nested objects that are searched. */
const maxDepth = 8;
/** More values than any row has. */
const maxLeaves = 2_000;

/** These may contain names of people instead of accounts. */
const looseUserNames = new Set(["user", "useremail", "username"]);

/** One value with its name, and the names of the enclosing objects. */
interface Leaf {
  readonly plain: string;
  readonly name: string;
  readonly value: unknown;
}

export interface Found {
  readonly leaf: Leaf;
  readonly rank: number;
  /** How certain it is that the name means the field: within `properties` more than beside it, in a wrapper less. */
  readonly weight: number;
  readonly isExact: boolean;
}

/** Finds the fields of a sign-in in a record, under all of their names, nested or flattened. */
export class FieldFinder {
  readonly found = new Map<FieldName, Found>();
  readonly conflicts = new Set<FieldName>();
  /** Fields of steps that have their own columns, by the number of the step. */
  readonly steps = new Map<number, Map<StepName, unknown>>();
  /** Whether it has `properties`, or was flattened from a record that had. */
  hasProperties = false;
  isElastic = false;
  #leaves = 0;

  constructor(record: Fields) {
    this.#walk(record, "", "", 0);
  }

  value(field: FieldName): unknown {
    return this.found.get(field)?.leaf.value ?? null;
  }

  /** Returns the plain name that a field was found under. */
  plainNameOf(field: FieldName): string {
    return this.found.get(field)?.leaf.plain ?? "";
  }

  #walk(fields: Fields, plain: string, name: string, depth: number): void {
    for (const [key, value] of Object.entries(fields)) {
      const plainKey = plainName(key);
      this.hasProperties ||= depth === 0 && plainKey === "properties";
      this.#see(value, `${plain}${plainKey}`, name === "" ? key : `${name}.${key}`, depth);
    }
  }

  #see(value: unknown, plain: string, name: string, depth: number): void {
    if (value === null || value === undefined || this.#leaves >= maxLeaves) {
      return;
    }
    this.#leaves++;
    this.isElastic ||= plain.startsWith("azuresigninlogs");
    const target = lookUp(plain);
    this.hasProperties ||= target.prefix !== "";
    const isList = Array.isArray(value);
    if (target.fields.some(([field]) => field === "AuthenticationDetails")) {
      return this.#add({ plain, name, value }, target);
    }
    if (!isList && this.#inside(value, target, { plain, name }, depth)) {
      return;
    }
    const list: readonly unknown[] = isList ? value : [];
    const single = list.length === 1 && !isFields(list[0]) ? list[0] : value;
    if (this.#addStep(target.rest, value)) {
      return;
    }
    if (typeof single !== "string" || single.trim() !== "") {
      this.#add({ plain, name, value: single }, target);
    }
  }

  /** Searches an object or the text of one. */
  #inside(
    value: unknown,
    { fields }: Target,
    { plain, name }: Pick<Leaf, "plain" | "name">,
    depth: number,
  ): boolean {
    const isTime = fields.some(
      ([field]) => field.endsWith("DateTime") || field === "TimeGenerated",
    );
    const isScalar = fields.some(([field]) => field !== "StatusWord" && field !== "Location");
    const inner = isFields(value)
      ? value
      : typeof value === "string" && !isScalar
        ? readLooseText(value)?.value
        : null;
    if (!isFields(inner) || isTime || depth >= maxDepth) {
      return false;
    }
    this.#walk(inner, plain, name, depth + 1);
    return true;
  }

  #add(leaf: Leaf, { fields, prefix }: Target): void {
    for (const [field, rank] of fields) {
      if (field === "UserPrincipalName" && !isUserName(leaf, rank)) {
        continue;
      }
      const declared = fieldNames[field][rank] ?? "";
      const isExact = leaf.name.toLowerCase().endsWith(declared.toLowerCase());
      const found = { leaf, rank, weight: weightOf(prefix), isExact };
      const before = this.found.get(field);
      if (before === undefined || isBetter(found, before)) {
        this.found.set(field, found);
      }
      if (
        before?.rank === rank &&
        before.weight === found.weight &&
        !isSame(before.leaf.value, leaf.value)
      ) {
        this.conflicts.add(field);
      }
    }
  }

  /**
   * Handles columns of steps: "authenticationDetails.0.succeeded", "Result detail". A list has a value for each step,
   * and so does a text with several lines, because Splunk writes lists to CSV like this.
   */
  #addStep(rest: string, value: unknown): boolean {
    const [, number = "0", name = rest] = /^authenticationdetails?(\d{0,3})(.+)$/.exec(rest) ?? [];
    const field = stepField(name);
    if (field === null || (name === rest && !ownStepNames.has(name))) {
      return false;
    }
    const values: readonly unknown[] = Array.isArray(value)
      ? value
      : typeof value === "string"
        ? value.split("\n")
        : [value];
    for (const [index, each] of values.entries()) {
      const place = Number(number) + index;
      const step = this.steps.get(place) ?? new Map<StepName, unknown>();
      step.set(field, each);
      this.steps.set(place, step);
    }
    return true;
  }
}

function isUserName({ plain, value }: Leaf, rank: number): boolean {
  return (
    rank < 3 ||
    !looseUserNames.has(lookUp(plain).rest) ||
    (typeof value === "string" && (value.includes("@") || plain === "username"))
  );
}

/** If two names differ only in spelling, the declared spelling wins, otherwise the first. */
function isBetter(found: Found, before: Found): boolean {
  return (
    (before.rank - found.rank ||
      found.weight - before.weight ||
      Number(found.isExact) - Number(before.isExact)) > 0
  );
}

function weightOf(prefix: string): number {
  return prefix === "" ? 1 : /(?:properties|azure|signinlogs)$/.test(prefix) ? 2 : 0;
}

/** Objects may mean the same in many ways, and some have no text. */
function isSame(one: unknown, other: unknown): boolean {
  const [text, otherText] = [textOf(one), textOf(other)];
  return text === null || otherText === null || text === otherText;
}
