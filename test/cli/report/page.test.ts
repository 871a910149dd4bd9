import { expect, test } from "vitest";
import { attackOf } from "../../../src/cli/report/attackOf.ts";
import { headline } from "../../../src/cli/verdict/harm.ts";
import type { Approval } from "../../../src/detection/signin/sighting.ts";
import { approval as approvedAt } from "../../detection/builders.ts";
import { finding, made } from "./findings.ts";

const hostile = `<img src=x onerror=alert(1)>"'\u202E@contoso.com`;

const approval: Approval = approvedAt("09:10", { request: "another", ipAddress: "203.0.113.7" });

test("the headline says how many users were attacked, and who probably got in", () => {
  expect(headline([], "complete")).toBe("No user was attacked, as far as these logs show.");
  expect(headline([], "partial")).toContain("not all of these logs could be judged");
  expect(headline([], "blind")).toBe("These logs cannot show whether anybody was attacked.");
  expect(headline([attackOf(finding())], "complete")).toBe(
    "1 user was attacked; these logs show no sign that the attacker got in.",
  );
  const two = [finding(), finding({ user: "bob@contoso.com", approvals: [approval] })];
  expect(headline(two.map(attackOf), "complete")).toBe(
    "2 users were attacked; the attacker probably got into 1 account (1 approved a prompt afterwards).",
  );
});

test("the most harmful finding comes first", () => {
  const text = made([finding(), finding({ user: "bob@contoso.com", approvals: [approval] })]);
  expect(text.indexOf("1. bob@contoso.com")).toBeGreaterThan(0);
  expect(text.indexOf("2. alice@contoso.com")).toBeGreaterThan(text.indexOf("1. bob@contoso.com"));
});

test("no script, no address to load from, and a policy that allows none", () => {
  const text = made([finding()]);
  expect(text).not.toMatch(/<script|<link|@import|url\(|src="(?!data:image\/svg)/i);
  expect(text).toContain("default-src &#39;none&#39;");
});

test("hostile names are text everywhere, in pictures too", () => {
  const shared = [hostile, "bob@contoso.com"].map((user) =>
    finding({ user, addresses: [hostile] }),
  );
  const text = made(shared);
  expect(text).not.toContain("<img src=x");
  expect(text).not.toContain("\u202E");
  for (const [, data = ""] of text.matchAll(/base64,([^"]+)"/g)) {
    expect(Buffer.from(data, "base64").toString()).not.toContain("<img");
  }
});
