/** Words that are in so many rows that they find nothing. */
const commonWords =
  /^(?:mfa|user|the|not|did|correct|number|code|reported|entered|authentication|attempt)$/;

/** Words of which at least one is in each part; as few as there can be, and long ones, which are rarer. */
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
