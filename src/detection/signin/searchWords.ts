/** Words that occur in too many rows to be useful. */
const commonWords =
  /^(?:mfa|user|the|not|did|correct|number|code|reported|entered|authentication|attempt)$/;

/** Returns as few words as possible such that each part contains one. Prefers long words, which are rarer. */
export function searchWords(parts: readonly string[]): readonly string[] {
  const found: string[] = [];
  for (const part of parts) {
    if (!found.some((word) => part.includes(word))) {
      found.push(rarestWord(part));
    }
  }
  return found;
}

function rarestWord(part: string): string {
  const words = part.split(/[^a-z]+/).filter((word) => !commonWords.test(word));
  const [longest] = words.toSorted((a, b) => b.length - a.length);
  if (longest === undefined || longest === "") {
    throw new Error(`no word of "${part}" is rare enough to search for`);
  }
  return longest;
}
