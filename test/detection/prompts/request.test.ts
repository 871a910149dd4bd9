import { expect, test } from "vitest";
import { resolveRequests } from "../../../src/detection/prompts/request.ts";
import type { RequestIds } from "../../../src/detection/signin/sighting.ts";

const byId = (request: string): RequestIds => ({ request, requestAlias: null, requestBy: "id" });
const both = (request: string, requestAlias: string): RequestIds => ({
  request,
  requestAlias,
  requestBy: "original",
});

test("a row with an id alone takes the original request of rows with that id", () => {
  const nameOf = resolveRequests([byId("i"), both("o", "i"), byId("x")]);
  expect([byId("i"), byId("x"), both("o", "i")].map(nameOf)).toEqual(["o", "x", "o"]);
});

test("of several originals it is the same one, whatever their order", () => {
  const rows = [both("p", "i"), both("o", "i"), both("q", "i")];
  expect(resolveRequests(rows)(byId("i"))).toBe("o");
  expect(resolveRequests(rows.toReversed())(byId("i"))).toBe("o");
});
