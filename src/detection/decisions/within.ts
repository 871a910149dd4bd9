import type { Extent } from "../bursts/windowing.ts";
import { countWhile } from "../prompts/columns.ts";

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
  const countEarly = (isEarly: (item: T) => boolean) =>
    countWhile(sorted.length, (index) => sorted.slice(index, index + 1).some(isEarly));
  return sorted.slice(
    countEarly(({ at }) => at < from),
    countEarly(({ at }) => at <= to),
  );
}
