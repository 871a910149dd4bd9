/** Returns the word that was probably meant; null if none is similar. */
function nearest(word: string, words: readonly string[]): string | null {
  const given = word.trim().toLowerCase();
  const most = Math.max(1, Math.floor(Math.min(given.length, longestWord) / 3));
  const [best] = words
    .map((each) => ({ each, distance: distance(given, each.toLowerCase()) }))
    .filter((one) => one.distance <= most)
    .toSorted((a, b) => a.distance - b.distance);
  return best?.each ?? null;
}

/** Returns the end of a sentence about an unknown word; empty if no known word is similar. */
export function didYouMean(word: unknown, words: readonly string[]): string {
  const meant = typeof word === "string" ? nearest(word, words) : null;
  return meant === null ? "" : `; did you mean ${meant}?`;
}

/** Longer words are not compared, because they are not typing errors. */
const longestWord = 64;

/** Returns the number of letters to add, drop, change or swap with the next one. */
function distance(a: string, b: string): number {
  if (Math.max(a.length, b.length) > longestWord) {
    return Infinity;
  }
  let before: readonly number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const next = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      next.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (next[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (same ? 0 : 1),
          swapped ? (before[column - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    before = last;
    last = next;
  }
  return last[b.length] ?? 0;
}
