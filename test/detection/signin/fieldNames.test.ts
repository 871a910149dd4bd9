import { expect, test } from "vitest";
import { fieldNames, stepNames } from "../../../src/detection/signin/fieldNames.ts";

test.each([
  ["a record", fieldNames],
  ["a step", stepNames],
])("each field of %s has names, each once", (_, table) => {
  for (const names of Object.values<readonly string[]>(table)) {
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
  }
});
