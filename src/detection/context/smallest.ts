/** Returns the smallest numbers, in ascending order. */
export function smallest(numbers: readonly number[], most: number): readonly number[] {
  if (numbers.length <= most) {
    return numbers.toSorted((a, b) => a - b);
  }
  const found: number[] = [];
  let largest = Infinity;
  for (const number of numbers) {
    if (number < largest) {
      found.splice(found.findLastIndex((each) => each < number) + 1, 0, number);
      if (found.length > most) {
        found.pop();
      }
      largest = found.length === most ? Number(found.at(-1)) : Infinity;
    }
  }
  return found;
}
