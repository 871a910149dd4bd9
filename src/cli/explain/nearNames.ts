/** Maximum number of names suggested for one that is in no row. */
const mostSuggested = 3;

/** Maximum number of distinct names compared. A large tenant has more, but a suggestion is only a courtesy. */
const mostNames = 200_000;

/** Longer names are not compared, because that would take too long. */
const longestName = 128;

/** Collects the names in a log, to suggest names similar to one that is not in it. */
export class NearNames {
  readonly #names = new Set<string>();

  add(name: string): void {
    if (this.#names.size < mostNames && name.length <= longestName) {
      this.#names.add(name);
    }
  }

  /** Returns similar names, the most similar first. */
  suggest(asked: string): readonly string[] {
    if (asked.length > longestName) {
      return [];
    }
    return [...this.#names]
      .map((name) => ({ name, distance: distanceOf(asked, name) }))
      .filter(({ distance }) => distance !== null)
      .toSorted((a, b) => Number(a.distance) - Number(b.distance) || (a.name < b.name ? -1 : 1))
      .slice(0, mostSuggested)
      .map(({ name }) => name);
  }
}

/** Returns the distance of a name from the one asked for, with or without its domain; null if it is too far. */
function distanceOf(asked: string, name: string): number | null {
  const given = withoutDomain(asked);
  const local = withoutDomain(name);
  if (given.length > 2 && local.includes(given)) {
    return local.length === given.length ? 0 : 1;
  }
  const distance = edits(given, local);
  return distance <= Math.max(1, Math.floor(given.length / 4)) ? distance : null;
}

function withoutDomain(name: string): string {
  return name.split("@")[0] ?? name;
}

/** Returns the number of letters to add, remove or replace (Levenshtein). */
function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [at, letter] of from.split("").entries()) {
    let last = at;
    const next = [at + 1];
    for (const [index, other] of row.slice(1).entries()) {
      const replaced = (row[index] ?? last) + (letter === to[index] ? 0 : 1);
      last = Math.min(replaced, other + 1, (next[index] ?? 0) + 1);
      next.push(last);
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
