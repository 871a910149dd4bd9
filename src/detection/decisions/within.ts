import type { Extent } from "../bursts/windowing.ts";

/**
 * Returns the items from `from` to `to`, both inclusive. Uses bisection, because a user can have as many bursts as
 * prompts.
 *
 * @param sorted oldest first
 */
export function within<T extends { readonly at: number }>(
  sorted: readonly T[],
  { from, to }: Extent,
): readonly T[] {
  return sorted.slice(
    countWhile(sorted, ({ at }) => at < from),
    countWhile(sorted, ({ at }) => at <= to),
  );
}

/** Returns the number of items before the first one that is not early. */
function countWhile<T>(sorted: readonly T[], isEarly: (item: T) => boolean): number {
  let count = 0;
  let end = sorted.length;
  while (count < end) {
    const middle = Math.floor((count + end) / 2);
    const item = sorted[middle];
    // Stryker disable next-line ConditionalExpression: only for the compiler, there is an item in the middle.
    if (item !== undefined && isEarly(item)) {
      count = middle + 1;
    } else {
      end = middle;
    }
  }
  return count;
}
