import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { definitions } from "../../src/settings/definitions.ts";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

/** The cells of a Markdown table's rows between two marks. */
function rowsBetween(begin: string, end: string): readonly (readonly string[])[] {
  const start = readme.indexOf(begin) + begin.length;
  return readme
    .slice(start, readme.indexOf(end, start))
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe("the README's table of settings", () => {
  test("has every setting, its default and what it is for, as the code has them", () => {
    const expected = Object.entries(definitions).map(([name, { fallback, help }]) => [
      `\`${name}\``,
      fallback === null || fallback === "" ? "none" : `\`${fallback}\``,
      help,
    ]);
    expect(rowsBetween("<!-- settings -->", "<!-- end -->")).toEqual(expected);
  });
});

test("the README names only files that are there", () => {
  for (const [, target = ""] of readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
    expect(() => readFileSync(new URL(`../../${target}`, import.meta.url)), target).not.toThrow();
  }
});
