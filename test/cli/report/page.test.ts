import { expect, test } from "vitest";
import { attackOf } from "../../../src/cli/report/attackOf.ts";
import { headline } from "../../../src/cli/verdict/harm.ts";
import type { Context } from "../../../src/detection/context/context.ts";
import type { Approval } from "../../../src/detection/signin/sighting.ts";
import { approval as approvedAt } from "../../detection/builders.ts";
import { time } from "../../builders.ts";
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
  expect(text.indexOf("1. bob<wbr />@contoso.com")).toBeGreaterThan(0);
  expect(text.indexOf("2. alice<wbr />@contoso.com")).toBeGreaterThan(
    text.indexOf("1. bob<wbr />@contoso.com"),
  );
});

test("no script, no address to load from, and a policy that allows none", () => {
  const text = made([finding()]);
  expect(text).not.toMatch(/<script|<link|@import|url\(|src="(?!data:image\/svg)/i);
  expect(text).toContain("default-src &#39;none&#39;");
});

test("a narrow cell may split a guest's name before its domain and its mark", () => {
  expect(made([finding({ user: "eve_fabrikam.com#EXT#@contoso.com" })])).toContain(
    "eve_fabrikam.com<wbr />#EXT#<wbr />@contoso.com",
  );
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

test("says of the run and of each finding what is to know", () => {
  const context: Context = {
    origins: { verdict: "new", historyDays: 30, addresses: [], devices: [], traits: [] },
    password: { right: 4, shown: 5, wrongBefore: 1 },
    spray: {
      accounts: 3,
      attempts: 12,
      addresses: ["203.0.113.7"],
      from: time("08:00"),
      to: time("08:40"),
    },
    successes: [],
    reports: [],
    followed: [],
    campaign: null,
    gaps: [],
  };
  const text = made([finding({ context })]).replaceAll(/\s+/g, " ");
  expect(text).toContain(
    "From these addresses 12 wrong passwords of 3 other accounts were tried from 2026-03-10 08:00:00 to 2026-03-10 08:40:00.",
  );
  expect(text).toContain(
    "The password was right in 4 of the 5 prompts whose rows show it; 1 wrong password of this account in the 24 hours before.",
  );
  expect(text).toContain('<th scope="row">rows</th> <td>1234</td>');
  const pictures = [...text.matchAll(/base64,([^"]+)"/g)].map(([, data = ""]) =>
    Buffer.from(data, "base64").toString(),
  );
  expect(pictures.some((each) => each.includes(">before<"))).toBe(true);
});
