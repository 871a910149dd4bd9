import fc from "fast-check";
import { expect, test } from "vitest";
import { hash53 } from "../../src/run/hash53.ts";

test("a hash is a whole number that fits a double, and the same for the same text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(Number.isSafeInteger(hash53(text))).toBe(true);
      expect(hash53(text)).toBeGreaterThanOrEqual(0);
      expect(hash53(text)).toBe(hash53(`${text}x`.slice(0, -1)));
    }),
  );
});

test("a hundred thousand ids that differ little have hashes of their own", () => {
  const hashes = new Set<number>();
  for (let number = 0; number < 100_000; number++) {
    hashes.add(hash53(`6513270e-269e-0d37-f2a7-${number.toString(16).padStart(12, "0")}`));
  }
  expect(hashes.size).toBe(100_000);
});
