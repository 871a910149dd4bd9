import { Mask } from "../../detection/signin/mask.ts";

/** Members whose texts always name a person, a place or a device. */
const naming =
  /^(?:user|name|.*displayname|givenname|surname|city|state|location|locations|device|deviceid|geocoordinates|by|members)$/i;

/** Members that stay readable, because they name the service or the outcome. */
const kept = /^(?:operationName|appDisplayName|application|applications|rule|ruleName)$/i;

/**
 * Replaces names, ids, addresses and places in any JSON value. Equal texts get equal numbers everywhere, so that
 * one can still follow who did what to whom.
 */
export class Redaction {
  readonly #mask = new Mask();

  text(text: string): string {
    return this.#mask.apply(text);
  }

  value<T>(value: T): T {
    // The structure stays the same; only texts change.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return this.#redact(value, "") as T;
  }

  #redact(value: unknown, member: string): unknown {
    if (typeof value === "string") {
      return this.#redactText(value, member);
    }
    if (Array.isArray(value)) {
      return value.map((each) => this.#redact(each, member));
    }
    if (typeof value === "object" && value !== null) {
      return value instanceof Map
        ? value
        : Object.fromEntries(
            Object.entries(value).map(([name, each]) => [name, this.#redact(each, name)]),
          );
    }
    return value;
  }

  #redactText(text: string, member: string): string {
    const masked = this.#mask.apply(text);
    return naming.test(member) && masked === text && text !== "" && !kept.test(member)
      ? this.#mask.whole("name", text)
      : masked;
  }
}
