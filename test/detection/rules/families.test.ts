import { expect, test } from "vitest";
import { familiesOf } from "../../../src/detection/rules/families.ts";
import { presets } from "../../../src/detection/rules/presets.ts";
import { rule } from "../builders.ts";

test("a family takes over from those that all of their rules have left", () => {
  const moved = rule({ id: "vip", family: "attacks", wasFamily: ["vip", "other"] });
  const stays = rule({ id: "stays", family: "other" });
  expect(familiesOf([moved, stays])).toEqual([
    { name: "attacks", rules: [moved], formerly: ["vip"] },
    { name: "other", rules: [stays], formerly: [] },
  ]);
});

test("rules that ship have left none", () => {
  expect(familiesOf(presets).flatMap(({ formerly }) => formerly)).toEqual([]);
});
