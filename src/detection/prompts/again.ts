/** Returns a function with a one-entry cache, for objects that occur several times in sequence. */
export function again<K extends object>(find: (key: K) => number): (key: K) => number {
  let last: K | null = null;
  let found = 0;
  return (key) => {
    // Stryker disable next-line ConditionalExpression: repeating the lookup only costs time.
    if (key !== last) {
      found = find(key);
      last = key;
    }
    return found;
  };
}
