/**
 * The same function for texts that come again and again: what it once gave for a text, it gives again.
 *
 * @param most texts whose values are kept; with one more it begins anew
 * @param longest text, in characters, whose value is kept
 */
export function remember<T extends object>(
  read: (text: string) => T,
  most: number,
  longest: number,
): (text: string) => T {
  const kept = new Map<string, T>();
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) {
      return known;
    }
    const value = read(text);
    if (text.length <= longest) {
      if (kept.size === most) {
        kept.clear();
      }
      kept.set(text, value);
    }
    return value;
  };
}
