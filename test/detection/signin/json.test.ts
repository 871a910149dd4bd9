import { describe, expect, it } from "vitest";

import { parseJson, salvageObjects } from "../../../src/detection/signin/json.ts";

describe("text that may be JSON", () => {
  it.each([
    ["{}", {}],
    [' \n[1, "a"]', [1, "a"]],
    ['"text"', "text"],
  ])("%s is parsed", (text, value) => {
    expect(parseJson(text)).toEqual(value);
  });

  it.each(["", "   ", "plain text", "{", '{"a":', '"open', "12", "true", "null"])(
    "%j stays text",
    (text) => {
      expect(parseJson(text)).toBeUndefined();
    },
  );

  it("nested more deeply than any row stays text, however long it is", () => {
    const nested = (depth: number) =>
      `${"[".repeat(depth)}${" ".repeat(70_000)}${"]".repeat(depth)}`;
    expect(parseJson(nested(1_000))).toEqual(JSON.parse(nested(1_000)));
    expect(parseJson(nested(1_001))).toBeUndefined();
    expect(parseJson(`[${JSON.stringify('\\"[{'.repeat(30_000))}]`)).toHaveLength(1);
  });

  it("nested however deeply breaks nothing", () => {
    expect(() => parseJson("[".repeat(1_000_000))).not.toThrow();
    expect(() => salvageObjects("{[".repeat(1_000_000))).not.toThrow();
  });
});

describe("an array that was cut off", () => {
  const steps = [
    { a: "one" },
    { a: 'braces } ] { and one quote " \\', b: { c: [{}] } },
    { a: "three" },
  ];
  const whole = JSON.stringify(steps, null, 2);

  it("gives its whole objects, wherever it was cut", () => {
    const counts = new Set<number>();
    for (let length = 0; length <= whole.length; length++) {
      const objects = salvageObjects(whole.slice(0, length));
      expect(objects).toEqual(steps.slice(0, objects.length));
      counts.add(objects.length);
    }
    expect([...counts]).toEqual([0, 1, 2, 3]);
  });

  it("gives nothing of text that holds none", () => {
    for (const text of ["", "no JSON", "[", "}}}", '"{"', "[1, 2"]) {
      expect(salvageObjects(text)).toEqual([]);
    }
  });

  it("gives the objects after a brace that closes nothing", () => {
    expect(salvageObjects('}, {"a": 1}')).toEqual([{ a: 1 }]);
  });

  it("gives what is no JSON between braces as nothing", () => {
    expect(salvageObjects("{not JSON}, {}")).toEqual([undefined, {}]);
  });
});
