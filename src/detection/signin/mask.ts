/** Anything that may identify a person or a tenant, in the order in which it is looked for. */
const patterns = [
  ["id", /\b[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}\b/gi],
  ["name", /[^\s"'<>|,;:/\\]+/g],
  ["address", /\b(?:\d{1,3}\.){3}\d{1,3}\b/g],
  ["address", /(?<![\w:])(?:[\da-f]{0,4}:){2,7}[\da-f]{0,4}(?![\w:])/gi],
  ["domain", /\b(?:[a-z\d-]{1,63}\.){1,9}(?:com|net|org|io|local|gov|us|edu|onmicrosoft\.com)\b/gi],
  ["number", /\+?\d[\d ()X*-]{6,}\d/g],
] as const;

/** A word is a name if it has something on both sides of an at sign. */
const hasAt = /[^@]@[^@]/;

/**
 * Replaces names, ids, addresses, domains and long numbers with numbers. Equal texts get equal numbers, so the structure
 * stays visible but nobody can be identified.
 */
export class Mask {
  readonly #numbers = new Map<string, number>();

  apply(text: string): string {
    let masked = text;
    for (const [kind, pattern] of patterns) {
      masked = masked.replace(pattern, (found) =>
        kind === "name" && !hasAt.test(found) ? found : this.whole(kind, found),
      );
    }
    return masked;
  }

  /** Replaces a whole text, whatever it looks like. */
  whole(kind: string, text: string): string {
    return `<${kind} ${this.#numberOf(text)}>`;
  }

  #numberOf(found: string): number {
    const key = found.toLowerCase();
    const number = this.#numbers.get(key) ?? this.#numbers.size + 1;
    this.#numbers.set(key, number);
    return number;
  }
}
