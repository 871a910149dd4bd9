/**
 * The same function for keys that come again and again: what it once gave for a key, it gives again.
 *
 * @param most keys whose values are kept; with one more it begins anew
 * @param isKept whether the value of a key is kept
 */
export function remember<K, V extends object | string>(
  read: (key: K) => V,
  most: number,
  isKept: (key: K) => boolean = () => true,
): (key: K) => V {
  const kept = new Map<K, V>();
  return (key) => {
    const known = kept.get(key);
    if (known !== undefined) {
      return known;
    }
    const value = read(key);
    if (isKept(key)) {
      if (kept.size === most) {
        kept.clear();
      }
      kept.set(key, value);
    }
    return value;
  };
}
