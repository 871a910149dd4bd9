import { Mask } from "../../detection/signin/mask.ts";

/** Members whose texts always name a person, a place or a device. */
const naming =
  /^(?:user|name|.*displayname|givenname|surname|full_name|identity|alternatesigninname|signinidentifier|authdetail|uniquetokenidentifier|city|state|country|countryorregion|(?:city|region|country)_name|country_iso_code|location|locations|device|deviceid|geocoordinates|by|members)$/i;

/** Members whose numbers are a place. */
const locating = /^(?:latitude|longitude|altitude|lat|lon)$/i;

/** Members that stay readable, because they name the service or the outcome. */
const kept = /^(?:operationName|appDisplayName|application|applications|rule|ruleName)$/i;

/** A day, a time or both. They identify nobody, and masking would mistake them for numbers or addresses. */
const times =
  /(?<=^|[\s,;("])(?:\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,7})?)?(?:Z|\+00:00)?)?|\d\d:\d\d(?::\d\d)?)(?=$|[\s,;)"]|\.(?:\s|$))/;

/**
 * Replaces names, ids, addresses, places and paths in any JSON value. Equal texts get equal numbers everywhere, so a
 * reader can still follow who did what.
 */
export class Redaction {
  readonly #mask = new Mask();

  value<T>(value: T): T {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the structure stays; only texts change
    return this.#redact(value, "") as T;
  }

  text(text: string): string {
    const found = times.exec(text);
    if (found === null) {
      return this.#mask.apply(text);
    }
    const [time] = found;
    const rest = text.slice(found.index + time.length);
    return this.#mask.apply(text.slice(0, found.index)) + time + this.text(rest);
  }

  /** Replaces a path as a whole: folders name people and customers. */
  path(path: string): string {
    return this.#mask.whole("file", path);
  }

  #redact(value: unknown, member: string): unknown {
    if (typeof value === "string") {
      return this.#redactText(value, member);
    }
    if (typeof value === "number") {
      return locating.test(member) ? null : value;
    }
    if (Array.isArray(value)) {
      return value.map((each) => this.#redact(each, member));
    }
    if (typeof value === "object" && value !== null) {
      return value instanceof Map
        ? value
        : Object.fromEntries(
            Object.entries(value).map(([name, each]) => [
              name,
              this.#redact(each, meantBy(value, member, name)),
            ]),
          );
    }
    return value;
  }

  #redactText(text: string, member: string): string {
    if (member === "path") {
      return this.path(text);
    }
    const json = asJson(text);
    if (json !== null) {
      return JSON.stringify(this.#redact(json, member));
    }
    const masked = this.text(text);
    return naming.test(member) && masked === text && text !== "" && !kept.test(member)
      ? this.#mask.whole("name", text)
      : masked;
  }
}

/** Handles keys with special meanings: a rule's name is not a person's, and a trait's value depends on its kind. */
function meantBy(holder: object, member: string, name: string): string {
  if (name === "value" && "kind" in holder && holder.kind === "country") {
    return holder.kind;
  }
  return name === "name" && /^rules?$/.test(member) ? "ruleName" : name;
}

/** Exports write objects such as `LocationDetails` as JSON in a text. */
function asJson(text: string): object | null {
  if (!/^\s*[[{]/.test(text)) {
    return null;
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}
