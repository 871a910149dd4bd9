import fc from "fast-check";
import { expect, test } from "vitest";
import { smallest } from "../../../src/detection/context/smallest.ts";

test("the smallest numbers are returned in ascending order", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat()), fc.integer({ min: 1, max: 5 }), (numbers, most) => {
      const sorted = numbers.toSorted((a, b) => a - b);
      expect(smallest(numbers, most)).toEqual(sorted.slice(0, most));
    }),
  );
});
