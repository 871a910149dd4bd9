import { describe, expect, it } from "vitest";
import { digestOf, mismatchIn } from "../../bench/frame/digest.ts";
import { race, rotated, type Candidate } from "../../bench/frame/rounds.ts";

function candidate(name: string, digest: string, exact = true, calls: string[] = []): Candidate {
  return {
    name,
    does: "",
    exact,
    turn: async () => {
      calls.push(name);
      return { ms: 1, digest, peakBytes: calls.length };
    },
  };
}

describe("a digest", () => {
  it("is equal for equal values, whatever the order of their properties", () => {
    expect(digestOf([{ a: 1, b: { c: 2, d: 3 } }])).toBe(digestOf([{ b: { d: 3, c: 2 }, a: 1 }]));
    expect(digestOf(new Map([["a", 1]]))).toBe(digestOf({ a: 1 }));
  });

  it("is another one for any other value or order of a list", () => {
    const values = [[1, 2], [2, 1], [1], { a: null }, { a: 0 }, { b: null }, null, "null"];
    expect(new Set(values.map(digestOf)).size).toBe(values.length);
  });
});

describe("findings", () => {
  it("that agree are no mismatch", () => {
    expect(mismatchIn([{ name: "a", digest: "1" }])).toBeNull();
    expect(
      mismatchIn([
        { name: "a", digest: "1" },
        { name: "b", digest: "1" },
      ]),
    ).toBeNull();
  });

  it("that differ name who found what", () => {
    const results = ["a", "b", "c"].map((name, i) => ({ name, digest: i === 2 ? "2" : "1" }));
    expect(mismatchIn(results)).toBe("findings differ: 1: a, b; 2: c");
  });
});

describe("a race", () => {
  it("gives every candidate a turn in every round, and none always the first one", async () => {
    const calls: string[] = [];
    const names = ["a", "b", "c"];
    const { raced } = await race(
      names.map((name) => candidate(name, "same", true, calls)),
      3,
    );
    expect(raced.map(({ turns }) => turns.length)).toEqual([3, 3, 3]);
    expect(new Set([calls[0], calls[3], calls[6]]).size).toBeGreaterThan(1);
    expect(raced[0]?.peakBytes).toBeGreaterThan(0);
  });

  it("reverses the order, so that no candidate always follows the same one", () => {
    expect(rotated(["a", "b", "c"], 0)).toEqual(["a", "b", "c"]);
    expect(rotated(["a", "b", "c"], 1)).toEqual(["a", "c", "b"]);
    expect(rotated([], 1)).toEqual([]);
  });

  it("fails where exact candidates find something else, and only there", async () => {
    const other = candidate("b", "other");
    const first = candidate("a", "same");
    expect((await race([first, other], 1)).mismatch).toContain("other: b");
    expect((await race([first, { ...other, exact: false }], 1)).mismatch).toBeNull();
  });
});
