/**
 * Returns a cached version of a function.
 *
 * @param most the number of cached values; one more clears the cache
 * @param isKept whether the value of a key is cached
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
