import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checks } from "../../src/doctor/checks.ts";

test("docs/doctor.md explains every check, and no other", () => {
  const text = readFileSync("docs/doctor.md", "utf8");
  const explained = [...text.matchAll(/^\| `([\w-]+)`/gm)].map(([, id]) => id);
  expect(explained).toEqual(["settings", ...checks.map(({ id }) => id)]);
});
