import { visible } from "../detection/signin/visible.ts";
import { InputError } from "../logs/files/inputError.ts";
import type { Place } from "../run/signInFiles.ts";
import { placeText } from "./placeText.ts";

/** The number of bad records shown. All are counted. */
const shown = 10;

/** Keeps the first bad records for the message at the end. */
export class BadRecords {
  readonly #strict: boolean;
  readonly #first: string[] = [];
  #count = 0;

  constructor(strict: boolean) {
    this.#strict = strict;
  }

  /** @throws InputError on the first bad record of a strict run */
  add(reason: string, place: Place): void {
    if (this.#strict) {
      throw new InputError(placeText(place), reason);
    }
    this.#count++;
    if (this.#first.length < shown) {
      this.#first.push(`${placeText(place)}: ${reason}`);
    }
  }

  summary(): string {
    const rest = this.#count - this.#first.length;
    const lines = rest > 0 ? [...this.#first, `and ${rest} more bad records`] : this.#first;
    return lines.map((line) => `mfa-deny: ${visible(line, Infinity)}\n`).join("");
  }
}
