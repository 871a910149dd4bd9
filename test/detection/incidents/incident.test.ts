import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { analystTasks } from "../../../src/detection/incidents/analystTasks.ts";
import {
  describeIncident,
  fitDescription,
  longestDescription,
} from "../../../src/detection/incidents/incident.ts";
import type { PromptOutcome } from "../../../src/detection/signin/outcome.ts";
import { alice, time } from "../../builders.ts";
import { finding, nowhere, prompt, prompts, rule } from "../builders.ts";

const approvedAt = (match: "same-request" | "same-address" | "other") => ({
  severity: "High" as const,
  approval: { at: time("09:30"), match },
});

type More = Parameters<typeof finding>[0];
type Evidence = Parameters<typeof finding>[1];

function description(more: More = {}, evidence: Evidence = {}, of = rule()): string {
  return describeIncident(alice.name, { ...finding(more, evidence), rules: [of] }).description;
}

/** The first paragraph. */
const summaryOf = (text: string) => text.split("\n\n")[0] ?? "";

const fenced =
  /^```kusto\n(?:let who = .*;\n)(?:SigninLogs|AADUserRiskEvents|AuditLogs)\n(?:\| .*\n)+```$/gm;

describe("an incident", () => {
  it("is titled by the user alone, so that the title never changes", () => {
    const titles = [finding(), finding({ denials: 50, ...approvedAt("other") })].map(
      (each) => describeIncident(alice.name, each).title,
    );
    expect(titles).toEqual(Array(2).fill("Repeated MFA denials by alice@contoso.com"));
    expect(titles[0]).not.toMatch(/\d/);
  });

  it("has a title that an alert can take, however long the name", () => {
    const { title } = describeIncident(`${"\u0000".repeat(300)}@contoso.com`, finding());
    expect(title.length).toBeLessThanOrEqual(256);
    expect(title.endsWith("…")).toBe(true);
    const name = "x".repeat(200);
    expect(describeIncident(name, finding()).title.endsWith(` ${name}`)).toBe(true);
    const longer = describeIncident(`${name}y`, finding()).title;
    expect(longer.endsWith(` ${"x".repeat(199)}…`)).toBe(true);
  });

  it("has the finding's severity and times", () => {
    expect(describeIncident(alice.name, finding({ severity: "High" }))).toMatchObject({
      severity: "High",
      firstActivityAt: time("09:00"),
      lastActivityAt: time("09:10"),
    });
  });

  it("is labelled with its rule, its techniques and what matters", () => {
    const labels = (more: More, guest = false) =>
      describeIncident(alice.name, finding(more, { guest })).labels;
    expect(labels({})).toEqual(["explicit-mfa-deny", "T1621", "T1078.004"]);
    expect(labels({ fraudReports: 1, ...approvedAt("other") }, true)).toEqual([
      "explicit-mfa-deny",
      "T1621",
      "T1078.004",
      "approved-after",
      "fraud-reported",
      "guest",
    ]);
  });

  it("says in its first lines who refused how much, over what time, from where, and what came after", () => {
    expect(summaryOf(description())).toBe(
      "**alice@contoso.com** explicitly refused **5 MFA prompts** within 10 minutes, from 2026-03-10T09:00:00.000Z to 2026-03-10T09:10:00.000Z. The sign-ins behind them came from 203.0.113.10 (place: Berlin, DE).\n" +
        "No prompt was approved afterwards, as far as the log shows until now.\n" +
        "If the user did not cause these prompts, somebody else did, and probably knows the password.",
    );
  });

  it("counts one prompt as one, and says at least where there may be more", () => {
    const at = time("09:00");
    expect(description({ denials: 1, lastDenialAt: at })).toContain(
      " refused **1 MFA prompt** at 2026-03-10T09:00:00.000Z. ",
    );
    expect(description({ denials: 2 })).toContain(" refused **2 MFA prompts** within");
    expect(description({ atLeast: true })).toContain(" refused **at least 5 MFA prompts** within");
    expect(summaryOf(description())).not.toContain("at least");
  });

  it("says how long it went on in whole seconds", () => {
    const lastDenialAt = time("09:01:00.250");
    expect(description({ lastDenialAt })).toContain(" within 1 minute 1 second, from");
  });

  it("says whether a prompt was approved afterwards, and how that matches", () => {
    const approved = "**A prompt was APPROVED afterwards**, at 2026-03-10T09:30:00.000Z, ";
    expect(summaryOf(description(approvedAt("same-request")))).toContain(
      `${approved}in the same sign-in request as a refused one: treat the account as compromised`,
    );
    expect(summaryOf(description(approvedAt("same-address")))).toContain(
      `${approved}from the address of a refused one`,
    );
    expect(summaryOf(description(approvedAt("other")))).toContain(
      `${approved}from another address, in another request`,
    );
    expect(description(approvedAt("other"))).not.toContain("No prompt was approved");
  });

  it("says what was reported as fraud", () => {
    expect(summaryOf(description({ fraudReports: 1 }))).toContain(
      " **1 of them was reported as fraud** by the user.",
    );
    expect(summaryOf(description({ fraudReports: 2 }))).toContain(
      " **2 of them were reported as fraud** by the user.",
    );
    expect(description()).not.toContain("reported as fraud");
  });

  it("says what to do next, in the words of the tasks", () => {
    const steps = analystTasks.map(({ title }, index) => `${index + 1}. ${title}`).join("; ");
    expect(description()).toContain(`\n\n**What to do:** ${steps}.\n\n`);
    expect(description(approvedAt("other"))).toContain(
      "**What to do:** At once: revoke the sessions and reset the password. 1. ",
    );
  });

  it("counts distinct addresses and applications, names the first ones and says how many more", () => {
    const ipAddresses = Array.from({ length: 12 }, (_, i) => `203.0.113.${i + 1}`);
    const applications = Array.from({ length: 7 }, (_, i) => `App ${i + 1}`);
    const text = description({}, { ipAddresses, applications });
    expect(text).toContain("came from 203.0.113.1; 203.0.113.2; 203.0.113.3; and 9 more (");
    expect(text).toMatch(/- Addresses \(12\): .*; 203\.0\.113\.10; and 2 more\n/);
    expect(text).toMatch(/- Applications \(7\): .*; App 6; and 1 more\n/);
    expect(description({}, { ipAddresses: ipAddresses.slice(0, 10) })).toMatch(
      /- Addresses \(10\): .*; 203\.0\.113\.10\n/,
    );
  });

  it("names fewer where they are long, but one always", () => {
    // Five of them are four hundred characters.
    const long = (n: number) => `${n}${"x".repeat(79)}`;
    const ipAddresses = [1, 2, 3, 4, 5, 6, 7, 8].map(long);
    expect(description({}, { ipAddresses })).toContain(`; ${long(5)}; and 3 more\n`);
    expect(description({}, { ipAddresses: ["\u0000".repeat(300)] })).toContain("\\[U+0000\\]…\n");
  });

  it("says what is unknown, and who is a guest", () => {
    const text = description({}, { userId: null, guest: true, locations: [], ipAddresses: [] });
    expect(text).toContain("**alice@contoso.com** (a guest) explicitly refused");
    expect(text).toContain("came from unknown (place: unknown).");
    expect(text).toContain("- Addresses (0): unknown\n");
    expect(text).toContain("- User id: unknown\n");
    expect(description()).toContain("- User id: 00000000-0000-0000-0000-00000000a11c\n");
  });

  it("counts what else was asked in that span", () => {
    const supporting = new Map<PromptOutcome, number>([
      ["noResponse", 3],
      ["duplicateAttempt", 2],
      ["wrongNumber", 1],
      ["wrongCode", 5],
      ["blocked", 6],
      ["technical", 4],
    ]);
    const text = describeIncident(alice.name, { ...finding(), supporting }).description;
    expect(text).toContain(
      "- Other prompts in that span, not counted as refusals: 3 without an answer, 2 as a duplicate attempt (may hide a refusal), 1 with a wrong number, 5 with a wrong code, 6 blocked\n",
    );
    expect(description()).not.toContain("Other prompts");
  });

  it("tells the rule, its numbers, when its threshold was reached and its known false positives", () => {
    expect(description()).toContain(
      "Rule: Explicit MFA Deny Detection (explicit-mfa-deny): 5 or more denials within 15 minutes. Threshold reached at 2026-03-10T09:10:00.000Z.\n",
    );
    expect(description()).toContain(`Known false positives: ${rule().knownFalsePositives}\n`);
    expect(description()).not.toContain("Risk score");
    expect(description({}, {}, rule({}, "azure-ad-multiple-denied-mfa"))).toContain(
      "\nRisk score of the user: 50.\n",
    );
  });

  it("carries the table of its denials", () => {
    const denials = prompts("09:00", "09:01", "09:02", "09:03", "09:04");
    const text = describeIncident(alice.name, { ...finding(), denials }).description;
    expect(text.match(/^\| 2026-03-10 09:0\d:00 \|.*\| denied \|$/gm)).toHaveLength(5);
  });

  it("carries the drill-downs, each in a fence that it closes", () => {
    const text = description();
    expect(text.match(fenced)).toHaveLength(4);
    expect(text.match(/```/g)).toHaveLength(8);
    expect(text).not.toContain("left out");
  });

  it("cuts the table of 500 denials before anything else, and counts what it cut", () => {
    const denials = Array.from({ length: 500 }, (_, i) =>
      prompt(new Date(time("00:00") + i * 60_000).toISOString().slice(11, 19)),
    );
    const whole = { ...finding({ denials: 500 }), denials };
    const text = describeIncident(alice.name, whole).description;
    const shown = text.match(/^\| 2026-/gm)?.length ?? 0;
    expect(shown).toBeGreaterThan(10);
    expect(text).toContain(`… and ${500 - shown} more, cut for length.`);
    expect(text.match(fenced)).toHaveLength(4);
    expect(text.length).toBeLessThanOrEqual(longestDescription);
    expect(text.length).toBeGreaterThan(longestDescription - 120);
  });
});

describe("the queries in an incident", () => {
  const withProse = (length: number) =>
    description({}, {}, rule({ knownFalsePositives: "x".repeat(length) }));
  const countIn = (text: string) => text.match(fenced)?.length ?? 0;

  it("are left out only where they would be too long", () => {
    const room = longestDescription - 1 - withProse(0).length;
    expect(countIn(withProse(room))).toBe(4);
    expect(countIn(withProse(room + 1))).toBe(3);
  });

  it("are there whole, or named as left out", () => {
    const counts = new Set<number>();
    for (let length = 0; length < 3_000; length += 7) {
      const text = withProse(length);
      const [, omitted = ""] = /\n\nQueries left out for length: (.*)\.$/.exec(text) ?? [];
      expect(countIn(text) + (omitted === "" ? 0 : omitted.split("; ").length)).toBe(4);
      expect(text).not.toContain("[cut");
      counts.add(countIn(text));
    }
    expect(counts).toEqual(new Set([4, 3, 2, 1]));
  });
});

describe("hostile text in an incident", () => {
  const hostile =
    "[a](https://example.com) ![b](x) <script>c</script> **d** `e` ``` | # \u202e \u0000 \ud800 \r\n# f";

  it("means nothing in Markdown or HTML, and hides nothing", () => {
    const origin = {
      ...nowhere,
      ipAddress: hostile,
      location: hostile,
      application: hostile,
      userAgent: hostile,
    };
    const evidence = { ipAddresses: [hostile], locations: [hostile], applications: [hostile] };
    const denials = [prompt("09:00", { origin }), prompt("09:01", { origin })];
    const text = describeIncident(alice.name, {
      ...finding({}, evidence),
      denials,
    }).description;
    expect(text).not.toContain("<");
    expect(text).not.toMatch(/^# f/m);
    expect(text).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Cs}]/u);
    expect(text.replaceAll("](https://attack.mitre.org", "")).not.toMatch(
      /(?<!\\)\]\(|https:\/\/example/,
    );
    expect(text.match(/```/g)?.length).toBe(2 * (text.match(fenced)?.length ?? 0));
    // Six columns, whatever stands in them.
    const rows = text.match(/^\| 2026-.*$/gm) ?? [];
    expect(rows.map((row) => row.match(/(?<!\\)\|/g)?.length)).toEqual(rows.map(() => 7));
  });

  it("as a user's name leaves title and queries whole", () => {
    const { title, description: text } = describeIncident(hostile, finding());
    expect(title).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
    expect(text).not.toContain("<");
    const whole = text.match(fenced)?.length ?? 0;
    expect(whole).toBeGreaterThanOrEqual(2);
    expect(text.match(/```/g)).toHaveLength(2 * whole);
    expect(text.includes("Queries left out for length: ")).toBe(whole < 4);
  });

  it("that leaves no room for a query leaves it out whole, and says so", () => {
    const { description: text } = describeIncident("'".repeat(250), finding());
    const whole = text.match(fenced)?.length ?? 0;
    expect(whole).toBeGreaterThan(0);
    expect(whole).toBeLessThan(4);
    expect(text).toMatch(
      /\n\nQueries left out for length: .*; This user's other risk events of the 7 days before\.$/,
    );
    expect(text).not.toContain("[cut");
  });

  it("is cut before it is too long, and the reader is told", () => {
    const { description: text } = describeIncident("\u0000".repeat(300), finding());
    expect(text.length).toBeLessThanOrEqual(longestDescription);
    expect(text).not.toContain("```");
    expect(fitDescription("x".repeat(5_001))).toMatch(/x\n\[cut: too long for the incident\]$/);
    expect(fitDescription("x".repeat(5_000))).toBe("x".repeat(5_000));
    expect(description()).not.toContain("[cut");
  });

  it("never makes a description longer than the service takes, nor one with half a character or an open fence", () => {
    const hostileText = fc.oneof(
      fc.string({ unit: "binary", size: "large" }),
      fc.constantFrom("\u0000", "<", "'", "🙂", "`", "|").map((unit) => unit.repeat(300)),
      fc.emailAddress(),
    );
    const texts = fc.array(hostileText, { maxLength: 12 });
    const count = fc.constantFrom(0, 1, 5, 30, 500);
    fc.assert(
      fc.property(hostileText, texts, count, (user, values, denials) => {
        const evidence = { ipAddresses: values, locations: values, applications: values };
        const origin = {
          ...nowhere,
          ipAddress: values[0] ?? null,
          application: values[1] ?? null,
          userAgent: values[2] ?? null,
        };
        const whole = {
          ...finding({ denials }, evidence),
          denials: Array.from({ length: denials }, () => prompt("09:00", { origin })),
        };
        const { title, description: text } = describeIncident(user, whole);
        expect(text.length).toBeLessThanOrEqual(longestDescription);
        expect(title.length).toBeLessThanOrEqual(256);
        expect(longestDescription).toBe(5_000);
        expect(text).not.toMatch(/\p{Cs}/u);
        expect(text).not.toContain("<");
        expect(text.match(/```/g)?.length ?? 0).toBe(2 * (text.match(fenced)?.length ?? 0));
      }),
    );
  });
});
