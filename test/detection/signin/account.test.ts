import { expect, test } from "vitest";
import { allNames, joinNames, shownName } from "../../../src/detection/signin/account.ts";
import { alice, tenantId } from "../../builders.ts";

test("names are merged newest first, each once, and those of one time by the alphabet", () => {
  const some = [
    { name: "c", seenAt: 1 },
    { name: "a", seenAt: 1 },
    { name: "b", seenAt: 1 },
  ];
  expect(joinNames(some, [{ name: "c", seenAt: 2 }])).toEqual([
    { name: "c", seenAt: 2 },
    { name: "a", seenAt: 1 },
    { name: "b", seenAt: 1 },
  ]);
  expect(joinNames(some.toReversed(), []).map(({ name }) => name)).toEqual(["a", "b", "c"]);
  expect(joinNames([{ name: "c", seenAt: 2 }], some)[0]).toEqual({ name: "c", seenAt: 2 });
});

test("an account without names is shown and found by its id", () => {
  const account = { tenantId, user: alice.id };
  expect(shownName(account)).toBe(alice.id);
  expect(allNames(account)).toEqual([alice.id]);
});
