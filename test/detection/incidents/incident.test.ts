import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { analystTasks } from "../../../src/detection/incidents/analystTasks.ts";
import {
  describeIncident,
  fitDescription,
  longestDescription,
} from "../../../src/detection/incidents/incident.ts";
import { byteLength } from "../../../src/detection/incidents/size.ts";
import type { Context, OriginVerdict } from "../../../src/detection/context/context.ts";
import type { PromptOutcome } from "../../../src/detection/signin/outcome.ts";
import { alice, time } from "../../builders.ts";
import { accountOf, finding, named, nowhere, prompt, rule } from "../builders.ts";
import { campaign, noContext, registered, report, spray } from "./contexts.ts";

const approvedAt = (match: "same-request" | "same-address" | "other") => ({
  severity: "High" as const,
  approval: { at: time("09:30"), match },
});

type More = Parameters<typeof finding>[0];
type Evidence = Parameters<typeof finding>[1];

function description(more: More = {}, evidence: Evidence = {}, of = rule()): string {
  return describeIncident(accountOf(alice), { ...finding(more, evidence), rules: [of] })
    .description;
}

const fenced =
  /^```kusto\n(?:let who = .*;\n)(?:(?:union )?SigninLogs.*|AADUserRiskEvents|AuditLogs|OfficeActivity)\n(?:\| .*\n)+```$/gm;

describe("an incident", () => {
  it("is titled by the user alone, so that the title never changes", () => {
    const titles = [finding(), finding({ denials: 50, ...approvedAt("other") })].map(
      (each) => describeIncident(accountOf(alice), each).title,
    );
    expect(titles).toEqual(Array(2).fill("MFA push attack on alice@contoso.com"));
    expect(titles[0]).not.toMatch(/\d/);
  });

  it("has a title that an alert can take, however long the name", () => {
    const { title } = describeIncident(named(`${"\u0000".repeat(300)}@contoso.com`), finding());
    expect(byteLength(title)).toBeLessThanOrEqual(256);
    expect(title.endsWith("…")).toBe(true);
    const wide = describeIncident(named(`${"ü".repeat(300)}@contoso.com`), finding()).title;
    expect(byteLength(wide)).toBeLessThanOrEqual(256);
    const name = "x".repeat(200);
    expect(describeIncident(named(name), finding()).title.endsWith(` ${name}`)).toBe(true);
    const longer = describeIncident(named(`${name}y`), finding()).title;
    expect(longer.endsWith(` ${"x".repeat(197)}…`)).toBe(true);
  });

  it("has the finding's severity and times", () => {
    expect(describeIncident(accountOf(alice), finding({ severity: "High" }))).toMatchObject({
      severity: "High",
      firstActivityAt: time("09:00"),
      lastActivityAt: time("09:10"),
    });
  });

  it("is labelled with its rule, its techniques and what matters", () => {
    const labels = (more: More, guest = false) =>
      describeIncident(accountOf(alice), finding(more, { guest })).labels;
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

  it("says what to do next, in the words of the tasks", () => {
    const steps = analystTasks.map(({ title }, index) => `${index + 1}. ${title}`).join("; ");
    expect(description()).toContain(`\n\n**What to do:** ${steps}. If the user did not start`);
    expect(description(approvedAt("other"))).toContain(
      "**What to do:** At once: revoke the sessions and reset the password. 1. ",
    );
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
    const text = describeIncident(accountOf(alice), { ...finding(), supporting }).description;
    expect(text).toContain(
      "- Other prompts in that span, not counted as refusals: 3 without an answer, 2 as a duplicate attempt (may hide a refusal), 1 with a wrong number, 5 with a wrong code, 6 blocked\n",
    );
    expect(description()).not.toContain("Other prompts");
  });

  it("says which rules fired, when, and their known false positives", () => {
    expect(description()).toContain(
      "Rule explicit-mfa-deny: User `alice@contoso.com` refused more than 4 MFA prompts within 15 minutes.\nIt fired at 09:10:00.\n",
    );
    expect(description()).toContain(`Known false positives: ${rule().knownFalsePositives}\n`);
    expect(description()).not.toContain("Risk score");
    expect(description({}, {}, rule({}, "azure-ad-multiple-denied-mfa"))).toContain(
      " Risk score of the user: 50.\n",
    );
    const both = { ...finding(), rules: [rule(), rule({}, "mfa-deny-then-approve")] as const };
    const { description: text, labels } = describeIncident(accountOf(alice), both);
    expect(text).toContain(
      "\nRule mfa-deny-then-approve: User `alice@contoso.com` refused 2 or more",
    );
    expect(text).toContain("\nThe first of them fired at 09:10:00.\n");
    expect(labels).toEqual(["explicit-mfa-deny", "mfa-deny-then-approve", "T1621", "T1078.004"]);
  });

  it("has labels for what its context says", () => {
    const labels = (more: Partial<Context>) =>
      describeIncident(accountOf(alice), {
        ...finding(),
        context: { ...noContext, ...more },
      }).labels.slice(3);
    const origins = (verdict: OriginVerdict) => ({ ...noContext.origins, verdict });
    expect(labels({})).toEqual([]);
    expect(labels({ origins: origins("new") })).toEqual(["new-origin"]);
    expect(labels({ origins: origins("mixed") })).toEqual(["new-origin"]);
    expect(labels({ origins: origins("usual") })).toEqual(["usual-origin"]);
    expect(labels({ reports: [report] })).toEqual(["fraud-reported"]);
    expect(labels({ followed: [registered], spray, campaign })).toEqual([
      "takeover-signs",
      "spray-before",
      "campaign",
      "campaign:the-earliest",
    ]);
    expect(labels({ campaign: { ...campaign, id: null } })).toEqual(["campaign"]);
  });

  it("carries the drill-downs, each in a fence that it closes", () => {
    const text = description();
    expect(text.match(fenced)).toHaveLength(6);
    expect(text.match(/```/g)).toHaveLength(12);
    expect(text).not.toContain("left out");
  });

  it("cuts the timeline of 500 denials, and counts what it cut", () => {
    const denials = Array.from({ length: 500 }, (_, i) =>
      prompt(new Date(time("00:00") + i * 60_000).toISOString().slice(11, 19)),
    );
    const whole = { ...finding({ denials: 500 }), denials };
    const text = describeIncident(accountOf(alice), whole).description;
    const shown = text.match(/^\| 2026-/gm)?.length ?? 0;
    expect(shown).toBeGreaterThan(10);
    expect(text).toContain(`… and ${500 - shown} refusals more, cut for length.`);
    expect(text.match(fenced)?.length ?? 0).toBeGreaterThan(2);
    expect(byteLength(text)).toBeLessThanOrEqual(longestDescription);
    expect(byteLength(text)).toBeGreaterThan(longestDescription - 120);
  });
});

describe("the queries in an incident", () => {
  const withProse = (length: number) =>
    description({}, {}, rule({ knownFalsePositives: "x".repeat(length) }));
  const countIn = (text: string) => text.match(fenced)?.length ?? 0;

  it("are left out only where they would be too long", () => {
    const room = longestDescription - 1 - withProse(0).length;
    expect(countIn(withProse(room))).toBe(6);
    expect(countIn(withProse(room + 1))).toBe(5);
  });

  it("are there whole, or named as left out", () => {
    const counts = new Set<number>();
    for (let length = 0; length < 3_000; length += 7) {
      const text = withProse(length);
      const [, omitted = ""] = /\n\nQueries left out for length: (.*)\.$/.exec(text) ?? [];
      expect(countIn(text) + (omitted === "" ? 0 : omitted.split("; ").length)).toBe(6);
      expect(text).not.toContain("[cut");
      counts.add(countIn(text));
    }
    expect(counts).toEqual(new Set([6, 5, 4, 3, 2, 1]));
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
    const text = describeIncident(accountOf(alice), {
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
    const { title, description: text } = describeIncident(named(hostile), finding());
    expect(title).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
    expect(text).not.toContain("<");
    const whole = text.match(fenced)?.length ?? 0;
    expect(whole).toBeGreaterThanOrEqual(2);
    expect(text.match(/```/g)).toHaveLength(2 * whole);
    expect(text.includes("Queries left out for length: ")).toBe(whole < 6);
  });

  it("that leaves no room for a query leaves it out whole, and says so", () => {
    const { description: text } = describeIncident(named("'".repeat(250)), finding());
    const whole = text.match(fenced)?.length ?? 0;
    expect(whole).toBeGreaterThan(0);
    expect(whole).toBeLessThan(6);
    expect(text).toMatch(
      /\n\nQueries left out for length: .*; This user's other sign-ins of the 7 days before\.$/,
    );
    expect(text).not.toContain("[cut");
  });

  it("is cut before it is too long, and says so", () => {
    const { description: text } = describeIncident(named("\u0000".repeat(300)), finding());
    expect(byteLength(text)).toBeLessThanOrEqual(longestDescription);
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
        const { title, description: text } = describeIncident(named(user), whole);
        expect(byteLength(text)).toBeLessThanOrEqual(longestDescription);
        expect(byteLength(title)).toBeLessThanOrEqual(256);
        expect(longestDescription).toBe(5_000);
        expect(text).not.toMatch(/\p{Cs}/u);
        expect(text).not.toContain("<");
        expect(text.match(/```/g)?.length ?? 0).toBe(2 * (text.match(fenced)?.length ?? 0));
      }),
    );
  });
});
