import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  analystTasks,
  conditionOf,
  describeChange,
  describeIncident,
  describeMerge,
  inWords,
  longestDescription,
} from "../../src/detection/incident.ts";
import { presets } from "../../src/detection/rule.ts";
import { alice, time } from "../builders.ts";
import { finding, minute, rule } from "./builders.ts";

const splunk = "azure-ad-multiple-denied-mfa";
const approvedAt = (match: "same-request" | "same-address" | "other") => ({
  severity: "High" as const,
  approval: { at: time("09:30"), match },
});

function description(
  more: Parameters<typeof finding>[0] = {},
  evidence: Parameters<typeof finding>[1] = {},
  of = rule(),
): string {
  return describeIncident(of, alice.name, finding(more, evidence)).description;
}

describe("an incident", () => {
  it("is titled by the user alone, so that the title never changes", () => {
    const titles = [finding(), finding({ denials: 50, ...approvedAt("other") })].map(
      (each) => describeIncident(rule(), alice.name, each).title,
    );
    expect(titles).toEqual(Array(2).fill("Repeated MFA denials by alice@contoso.com"));
    expect(titles[0]).not.toMatch(/\d/);
  });

  it("has the finding's severity and times", () => {
    expect(describeIncident(rule(), alice.name, finding({ severity: "High" }))).toMatchObject({
      severity: "High",
      firstActivityAt: time("09:00"),
      lastActivityAt: time("09:10"),
    });
  });

  it("is labelled with its rule, its techniques and what matters", () => {
    const labels = (more: Parameters<typeof finding>[0], guest = false) =>
      describeIncident(rule(), alice.name, finding(more, { guest })).labels;
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

  it("says who refused how much, when, and from where", () => {
    const text = description();
    expect(text).toContain(
      "alice@contoso.com explicitly refused 5 MFA prompts between 2026-03-10T09:00:00.000Z and 2026-03-10T09:10:00.000Z.",
    );
    expect(text).toContain("- Addresses: 203.0.113.10\n");
    expect(text).toContain("- Places: Berlin, DE\n");
    expect(text).toContain("- Applications: Azure Portal\n");
    expect(text).toContain("- User agents: Mozilla/5.0\n");
    expect(text).toContain("- User id: 00000000-0000-0000-0000-00000000a11c\n");
    expect(text).toContain("Threshold reached at 2026-03-10T09:10:00.000Z.");
  });

  it("counts one prompt as one, and says at least where there may be more", () => {
    expect(description({ denials: 1 })).toContain(" refused 1 MFA prompt between");
    expect(description({ denials: 2 })).toContain(" refused 2 MFA prompts between");
    expect(description({ atLeast: true })).toContain(" refused at least 5 MFA prompts between");
    expect(description()).not.toContain("at least");
  });

  it("says whether a prompt was approved afterwards, and how that matches", () => {
    expect(description()).toContain("No prompt was approved afterwards");
    const approved = "A prompt was APPROVED afterwards, at 2026-03-10T09:30:00.000Z, ";
    expect(description(approvedAt("same-request"))).toContain(
      `${approved}in the same sign-in request`,
    );
    expect(description(approvedAt("same-address"))).toContain(
      `${approved}from the address of a refused`,
    );
    expect(description(approvedAt("other"))).toContain(
      `${approved}from another address, in another request`,
    );
    expect(description(approvedAt("other"))).not.toContain("No prompt was approved");
  });

  it("says what was reported as fraud", () => {
    expect(description({ fraudReports: 2 })).toContain(
      "Reported as fraud by the user: 2 of these prompts.",
    );
    expect(description()).not.toContain("fraud by the user");
  });

  it("names ten of a long list and counts the rest", () => {
    const ipAddresses = Array.from({ length: 12 }, (_, i) => `203.0.113.${i + 1}`);
    expect(description({}, { ipAddresses })).toContain("203.0.113.10; and 2 more\n");
    expect(description({}, { ipAddresses: ipAddresses.slice(0, 10) })).toContain("203.0.113.10\n");
  });

  it("says what is unknown, and who is a guest", () => {
    const text = description({}, { userId: null, guest: true, locations: [], userAgents: [] });
    expect(text).toContain("- User id: unknown (guest)\n");
    expect(text).toContain("- Places: unknown\n");
    expect(text).toContain("- User agents: unknown\n");
  });

  it("links the techniques, known by name or not", () => {
    const techniques = ["T1621", "T1078.004", "T9999.001"];
    expect(description({}, {}, rule({ techniques }))).toContain(
      "MITRE ATT&CK: [T1621 Multi-Factor Authentication Request Generation](https://attack.mitre.org/techniques/T1621/), " +
        "[T1078.004 Valid Accounts: Cloud Accounts](https://attack.mitre.org/techniques/T1078/004/), " +
        "[T9999.001](https://attack.mitre.org/techniques/T9999/001/).",
    );
  });

  it("carries the two drill-downs, each in a fence that it closes", () => {
    const text = description();
    expect(
      text.match(/^```kusto\n(?:SigninLogs|AADUserRiskEvents)\n(?:\| .*\n)+```$/gm),
    ).toHaveLength(2);
    expect(text.match(/```/g)).toHaveLength(4);
  });
});

describe("the sentences of the rules", () => {
  const sentences = (of: ReturnType<typeof rule>) => description({ denials: 88 }, {}, of);

  it("of Splunk's rule are Splunk's", () => {
    const text = sentences(rule({}, splunk));
    expect(text).toContain(
      "User alice@contoso.com denied more than 9 MFA requests in a timespan of 10 minutes.",
    );
    expect(text).toContain("Risk score of the user: 50.");
    expect(text).toContain(
      "Known false positives: Multiple denied MFA requests in a short span may also be a sign of authentication errors.",
    );
    expect(description()).not.toContain("Risk score");
  });

  it("follow the numbers of the rule", () => {
    const changed = { threshold: 4, windowMs: 90 * minute };
    expect(sentences(rule(changed, splunk))).toContain(
      "User alice@contoso.com denied more than 3 MFA requests in a timespan of 1 hour 30 minutes.",
    );
    expect(sentences(rule(changed))).toContain(
      "User alice@contoso.com refused more than 3 MFA prompts within 1 hour 30 minutes.",
    );
    expect(sentences(rule(changed, "mfa-deny-then-approve"))).toContain(
      "User alice@contoso.com refused 4 or more MFA prompts within 1 hour 30 minutes and then approved one.",
    );
    expect(sentences(rule())).toContain(
      "Rule: Explicit MFA Deny Detection (explicit-mfa-deny): 5 or more denials within 15 minutes.",
    );
    expect(sentences(rule(changed))).toContain("4 or more denials within 1 hour 30 minutes.");
    for (const preset of presets) {
      expect(
        sentences({
          ...preset,
          threshold: 77,
          windowMs: 33 * minute,
          approvalWatchMs: 44 * minute,
        }),
      ).not.toMatch(
        /\b(?:1|2|4|5|9|10|15|60|two|five|ten|fifteen) (?:MFA|minute|hour|prompt|or more)|[{}]/,
      );
    }
  });

  it("say when a rule fires", () => {
    expect(presets.map(conditionOf)).toEqual([
      "5 or more denials within 15 minutes",
      "10 or more denials in a fixed span of 10 minutes",
      "2 or more denials within 1 hour, and an approval within 1 hour after the last",
    ]);
    expect(conditionOf(rule({ kind: "sliding" }, splunk))).toBe(
      "10 or more denials within 10 minutes",
    );
    expect(conditionOf(rule({ approvalWatchMs: 30 * minute }, "mfa-deny-then-approve"))).toContain(
      "an approval within 30 minutes after the last",
    );
  });

  it.each([
    [1_000, "1 second"],
    [500, "0.5 seconds"],
    [90_000, "1 minute 30 seconds"],
    [15 * minute, "15 minutes"],
    [60 * minute, "1 hour"],
    [25 * 60 * minute, "1 day 1 hour"],
    [48 * 60 * minute, "2 days"],
  ])("say %d ms as %s", (duration, words) => {
    expect(inWords(duration)).toBe(words);
  });

  it("leave the user's name alone, whatever it looks like", () => {
    const text = describeIncident(rule(), "{window}$&{below}@contoso.com", finding()).description;
    expect(text).toContain(
      "User \\{window\\}$&#38;\\{below\\}@contoso.com refused more than 4 MFA prompts within 15 minutes.",
    );
  });
});

describe("hostile text in an incident", () => {
  const hostile =
    "[a](https://example.com) ![b](x) <script>c</script> **d** `e` ``` | # \u202e \u0000 \ud800 \r\n# f";

  it("means nothing in Markdown or HTML, and hides nothing", () => {
    const text = description(
      {},
      {
        ipAddresses: [hostile],
        locations: [hostile],
        applications: [hostile],
        userAgents: [hostile],
      },
    );
    expect(text).not.toContain("<");
    expect(text).not.toMatch(/^# f/m);
    expect(text).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Cs}]/u);
    expect(text.replaceAll("](https://attack.mitre.org", "")).not.toMatch(
      /(?<!\\)\]\(|https:\/\/example/,
    );
    expect(text.match(/```/g)).toHaveLength(4);
  });

  it("as a user's name leaves title and queries whole", () => {
    const { title, description: text } = describeIncident(rule(), hostile, finding());
    expect(title).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
    expect(text).not.toContain("<");
    const fenced = text.match(/^```kusto\n(?:SigninLogs|AADUserRiskEvents)\n(?:\| .*\n)+```$/gm);
    expect(fenced).toHaveLength(2);
  });

  it("is cut before it is too long, and the reader is told", () => {
    const many = (length: number) =>
      Array.from({ length: 10 }, (_, i) => `${i}${"🙂".repeat(length)}`);
    const evidence = (length: number) => ({
      ipAddresses: many(length),
      locations: many(length),
      applications: many(length),
      userAgents: many(length),
    });
    const text = description({}, evidence(80));
    expect(text.length).toBeLessThanOrEqual(longestDescription);
    expect(text.endsWith("\n[cut: too long for the incident]")).toBe(true);
    expect(text).not.toMatch(/\p{Cs}/u);
    expect(description()).not.toContain("[cut");
  });

  it("never makes a description longer than the service takes, nor one with half a character", () => {
    const texts = fc.array(fc.string({ unit: "binary", size: "large" }), { maxLength: 12 });
    fc.assert(
      fc.property(fc.string({ unit: "binary", size: "large" }), texts, (user, values) => {
        const evidence = { ipAddresses: values, locations: values, userAgents: values };
        const text = describeIncident(rule(), user, finding({}, evidence)).description;
        expect(text.length).toBeLessThanOrEqual(longestDescription);
        expect(longestDescription).toBe(5_000);
        expect(text).not.toMatch(/\p{Cs}/u);
        expect(text).not.toContain("<");
      }),
    );
  });
});

describe("a comment", () => {
  it("says what changed, and why", () => {
    expect(describeChange("grew", finding({ denials: 7 }))).toBe(
      "Update (grew): 7 denials between 2026-03-10T09:00:00.000Z and 2026-03-10T09:10:00.000Z, severity Medium.\n" +
        "No prompt was approved afterwards, as far as the log shows until now.",
    );
    expect(
      describeChange("approved-after", finding({ atLeast: true, ...approvedAt("other") })),
    ).toMatch(
      /^Update \(approved-after\): at least 5 denials .* severity High\.\nA prompt was APPROVED afterwards/,
    );
  });

  it("says where the story of a merged incident goes on", () => {
    expect(describeMerge("the-keeper")).toContain("burst of incident the-keeper;");
  });
});

describe("the analyst's tasks", () => {
  it("have a title and say what to do", () => {
    expect(analystTasks.map(({ title }) => title)).toEqual([
      "Ask the user by another channel",
      "Review places, devices and addresses",
      "Look for successful sign-ins and changes afterwards",
      "Decide on protection",
    ]);
    for (const { description: text } of analystTasks) expect(text).toMatch(/\S.*[.?]$/);
  });
});
