import { describe, expect, it } from "vitest";

import { describeIncident } from "../../../src/detection/incidents/incident.ts";
import { presets } from "../../../src/detection/rules/presets.ts";
import {
  conditionOf,
  inWords,
  messageOf,
  techniqueLink,
} from "../../../src/detection/rules/ruleText.ts";
import { alice } from "../../builders.ts";
import { accountOf, finding, minute, rule } from "../builders.ts";

const splunk = "azure-ad-multiple-denied-mfa";

describe("the sentences of the rules", () => {
  const sentences = (of: ReturnType<typeof rule>) =>
    describeIncident(accountOf(alice), { ...finding({ denials: 88 }), rules: [of] }).description;

  it("of Splunk's rule are Splunk's", () => {
    const text = sentences(rule({}, splunk));
    expect(text).toContain(
      "User `alice@contoso.com` denied more than 9 MFA requests in a timespan of 10 minutes.",
    );
    expect(text).toContain(
      "Known false positives: Multiple denied MFA requests in a short span may also be a sign of authentication errors.",
    );
  });

  it("follow the numbers of the rule", () => {
    const changed = { threshold: 4, windowMs: 90 * minute };
    expect(sentences(rule(changed, splunk))).toContain(
      "User `alice@contoso.com` denied more than 3 MFA requests in a timespan of 1 hour 30 minutes.",
    );
    expect(sentences(rule(changed))).toContain(
      "User `alice@contoso.com` refused more than 3 MFA prompts within 1 hour 30 minutes.",
    );
    expect(sentences(rule(changed, "mfa-deny-then-approve"))).toContain(
      "User `alice@contoso.com` refused 4 or more MFA prompts within 1 hour 30 minutes and then approved one.",
    );
  });

  it("contain no number that is not the rule's", () => {
    for (const preset of presets) {
      const of = {
        ...preset,
        threshold: 77,
        windowMs: 33 * minute,
        approvalWatchMs: 44 * minute,
      };
      expect([messageOf(of, alice.name), conditionOf(of)].join("\n")).not.toMatch(
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
    expect(messageOf(rule(), "{window}$&{below}@contoso.com")).toBe(
      "User {window}$&{below}@contoso.com refused more than 4 MFA prompts within 15 minutes.",
    );
  });
});

describe("a technique", () => {
  it("is linked, known by name or not", () => {
    expect(["T1621", "T1078.004", "T9999.001"].map(techniqueLink)).toEqual([
      "[T1621 Multi-Factor Authentication Request Generation](https://attack.mitre.org/techniques/T1621/)",
      "[T1078.004 Valid Accounts: Cloud Accounts](https://attack.mitre.org/techniques/T1078/004/)",
      "[T9999.001](https://attack.mitre.org/techniques/T9999/001/)",
    ]);
  });

  it("of every rule is linked in its incident", () => {
    for (const preset of presets) {
      const text = describeIncident(accountOf(alice), {
        ...finding(),
        rules: [preset],
      }).description;
      expect(text).toContain(`MITRE ATT&CK: ${preset.techniques.map(techniqueLink).join(", ")}.\n`);
    }
  });
});

describe("a rule that counts more than refusals", () => {
  const counted = ["denied", "noResponse"] as const;

  it("does not speak of refusals", () => {
    expect(messageOf(rule({ counted }), "alice@contoso.com")).toBe(
      "User alice@contoso.com did not approve more than 4 MFA prompts within 15 minutes.",
    );
    expect(messageOf(rule({ counted }, "azure-ad-multiple-denied-mfa"), "a")).toBe(
      "User a did not approve more than 9 MFA requests in a timespan of 10 minutes.",
    );
    expect(conditionOf(rule({ counted }))).toBe(
      "5 or more denials or noResponse within 15 minutes",
    );
  });
});
