import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readRuleText } from "../../src/settings/ruleFile.ts";
import { ruleSchema } from "../../src/settings/ruleSchema.ts";
import { accepts, root } from "../jsonSchema.ts";
import { parse } from "yaml";

const page = readFileSync(`${root}docs/rules.md`, "utf8");

/** The YAML of the page, without the indentation of the list that it stands in. */
const blocks = [...page.matchAll(/^( *)```yaml\n([^]*?)^ *```/gm)].map(
  ([, indent = "", text = ""]) => text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
);

describe("docs/rules.md", () => {
  test("shows whole files that can be used, and parts of rules", () => {
    const whole = blocks.filter((text) => /^(?:#|- id|ranges:)/.test(text));
    expect(whole).toHaveLength(2);
    for (const text of whole) {
      expect(readRuleText("page", text).problems).toEqual([]);
      expect(accepts("rules.schema.json", parse(text))).toBe(true);
    }
    const parts = blocks.filter((text) => !whole.includes(text));
    expect(parts).toHaveLength(1);
    for (const text of parts) {
      const rule = `- id: explicit-mfa-deny\n${text.replaceAll(/^/gm, "  ")}`;
      expect(readRuleText("page", rule).problems).toEqual([]);
    }
  });

  test("names every member of a rule", () => {
    const section = page.slice(page.indexOf("## The file"), page.indexOf("## Whom a rule is for"));
    const named = [...section.matchAll(/^\| (`.*?) +\|/gm)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    );
    const members = Object.keys(ruleSchema().entries).filter((name) => name !== "exclusions");
    expect(new Set(named)).toEqual(new Set(members));
  });
});
