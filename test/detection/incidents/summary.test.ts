import { describe, expect, it } from "vitest";

import type {
  Context,
  OriginAddress,
  OriginVerdict,
} from "../../../src/detection/context/context.ts";
import { summaryOf } from "../../../src/detection/incidents/summary.ts";
import { alice, time } from "../../builders.ts";
import { finding, prompt } from "../builders.ts";
import { campaign, noContext, registered, success } from "./contexts.ts";

type More = Parameters<typeof finding>[0];

function summary(more: More = {}, evidence: Parameters<typeof finding>[1] = {}): string {
  return summaryOf(alice.name, finding(more, evidence));
}

function within(context: Partial<Context>, more: More = {}): string {
  return summaryOf(alice.name, { ...finding(more), context: { ...noContext, ...context } });
}

const address = (known: boolean | null, name = "203.0.113.10"): OriginAddress => ({
  address: name,
  known,
  days: 0,
  location: null,
  asNumber: null,
});

function origins(verdict: OriginVerdict, ...addresses: readonly OriginAddress[]) {
  return { origins: { ...noContext.origins, verdict, historyDays: 30, addresses } };
}

const approvedAt = (at: string, match: "same-request" | "same-address" | "other") => ({
  approval: { at: time(at), match },
});

describe("the first lines of an incident", () => {
  it("say who refused how much, from where, and what came of it", () => {
    expect(summary()).toBe(
      "`alice@contoso.com` refused **5 MFA prompts** within 10 minutes, from 2026-03-10 09:00:00 to 09:10:00 UTC. " +
        "They came from 203.0.113.10 (Berlin, DE). " +
        "No prompt was approved afterwards, as far as the log shows.",
    );
  });

  it("count one prompt as one, and say at least where there may be more", () => {
    expect(summary({ denials: 1, lastDenialAt: time("09:00") })).toContain(
      " refused **1 MFA prompt** at 2026-03-10 09:00:00 UTC. ",
    );
    expect(summary({ atLeast: true })).toContain(" refused **at least 5 MFA prompts** within");
    expect(summary()).not.toContain("at least");
  });

  it("say who is a guest, what was reported as fraud and what is unknown", () => {
    const text = summary({ fraudReports: 2 }, { guest: true, locations: [], ipAddresses: [] });
    expect(text).toContain("`alice@contoso.com` (a guest) refused");
    expect(text).toContain(" UTC, and **reported 2 as fraud**.");
    expect(text).toContain("They came from unknown.");
  });

  it("say how an approval matches, and how long it took", () => {
    expect(summary(approvedAt("09:30", "same-request"))).toContain(
      "**20 minutes later a prompt was APPROVED**, in the sign-in of a refused prompt: treat the account as compromised until shown otherwise.",
    );
    expect(summary(approvedAt("09:30", "same-address"))).toContain(
      ", from the address of a refused prompt: ",
    );
    expect(summary(approvedAt("09:30", "other"))).toContain(", from another address: ");
    expect(summary(approvedAt("09:10", "other"))).toContain(
      "**A prompt was APPROVED** at 09:10:00,",
    );
  });
});

describe("the first lines of an incident with context", () => {
  it("say whether the origin is known", () => {
    expect(within(origins("new", address(false)))).toContain(
      "They came from an address that this user had not used in 30 days, 203.0.113.10 (Berlin, DE).",
    );
    expect(within(origins("new", address(false), address(false)))).toContain(
      "They came from 2 addresses that this user had not used in 30 days, ",
    );
    expect(within(origins("usual", address(true)))).toContain(
      "They came from where this user usually signs in, 203.0.113.10 (Berlin, DE).",
    );
    expect(within(origins("mixed", address(true), address(false)))).toContain(
      "; 1 of 2 addresses is new to this user.",
    );
    expect(within(origins("mixed", address(false), address(false), address(true)))).toContain(
      "; 2 of 3 addresses are new to this user.",
    );
    expect(within(origins("mixed", address(true)))).toContain(
      ", not all of them from where this user usually signs in.",
    );
    expect(within({})).toContain("; whether that is usual for this user is not known.");
  });

  it("say whether the password was right", () => {
    const password = (right: number, shown: number) =>
      within({ password: { right, shown, wrongBefore: 0 } });
    expect(password(5, 5)).toContain(". The password was right each time.");
    expect(password(3, 5)).toContain(". The password was right 3 of 5 times.");
    expect(password(0, 5)).not.toContain("password");
  });

  it("say what shows a takeover after the rule fired", () => {
    expect(within({ followed: [registered] })).toContain(
      "**20 minutes after the first refusal: User registered security info** from 203.0.113.10.",
    );
    expect(within({ followed: [{ ...registered, address: null }, registered] })).toContain(
      "security info**, and 1 more sign of a takeover.",
    );
    const denials = [prompt("09:00", { outcome: "noResponse" })];
    const context = { ...noContext, followed: [registered] };
    expect(summaryOf(alice.name, { ...finding(), denials, context })).toContain(
      "**20 minutes after the first prompt: User registered security info**",
    );
    expect(within({ followed: [registered] }, approvedAt("09:30", "other"))).toMatch(
      /APPROVED.*otherwise\. \*\*20 minutes after/,
    );
    for (const followed of [
      { ...registered, meaning: "protective" as const },
      { ...registered, at: time("09:09") },
    ]) {
      expect(within({ followed: [followed] })).toContain("No prompt was approved");
    }
  });

  it("say that somebody signed in from there", () => {
    expect(within({ successes: [success, success] })).toContain(
      "**2 successful sign-ins followed** from the same addresses or sessions, the first at 09:25:00.",
    );
  });

  it("begin with a large campaign", () => {
    const of = (users: number) => within({ campaign: { ...campaign, users } });
    expect(of(10)).toMatch(/^\*\*Part of a campaign against 10 other users\.\*\* `alice/);
    expect(of(9)).toMatch(/^`alice/);
  });
});
