import { describe, expect, it } from "vitest";

import type { Context, OriginAddress } from "../../../src/detection/context/context.ts";
import { originLines } from "../../../src/detection/incidents/originLines.ts";
import { finding } from "../builders.ts";
import { campaign, noContext } from "./contexts.ts";

const { evidence } = finding();

function lines(context: Partial<Context> | null): readonly string[] {
  return originLines(evidence, context === null ? null : { ...noContext, ...context });
}

const address = (number: number, more: Partial<OriginAddress> = {}): OriginAddress => ({
  address: `203.0.113.${number}`,
  known: false,
  days: 0,
  location: "Berlin, DE",
  asNumber: "64500",
  ...more,
});

const user = "- User id: 00000000-0000-0000-0000-00000000a11c";

describe("the lines about origins", () => {
  it("name addresses and applications where nothing was looked up", () => {
    expect(lines(null)).toEqual([
      "- Addresses: 203.0.113.10",
      "- Applications: Azure Portal",
      user,
    ]);
    expect(originLines({ ...evidence, userId: null }, null)).toContain("- User id: unknown");
  });

  it("say of each address and device whether it is known, and by how much history", () => {
    const origins = {
      verdict: "mixed" as const,
      historyDays: 30,
      addresses: [
        address(1),
        address(2, { known: true, days: 12, location: null, asNumber: null }),
        address(3, { known: null, asNumber: "AS64501" }),
      ],
      devices: [
        { id: "d1", name: "LAPTOP-1", known: true, days: 1 },
        { id: "d2", name: null, known: false, days: 0 },
      ],
      traits: [
        { kind: "as-number" as const, value: "64500", known: false },
        { kind: "country" as const, value: "DE", known: true },
      ],
    };
    expect(lines({ origins })).toEqual([
      "- Origin: **mixed**, by 30 days of history",
      "  - 203.0.113.1 (Berlin, DE, AS64500): **new**",
      "  - 203.0.113.2: known, used on 12 days",
      "  - 203.0.113.3 (Berlin, DE, AS64501): not known whether it is new",
      "  - device LAPTOP-1: known, used on 1 day",
      "  - device d2: **new**",
      "  - beside them: AS number 64500 **new**, country DE known",
      "- Applications: Azure Portal",
      user,
    ]);
  });

  it("name six addresses, and count the others", () => {
    const addresses = Array.from({ length: 8 }, (_, i) => address(i));
    const text = lines({ origins: { ...noContext.origins, addresses } });
    expect(text.filter((line) => line.includes("**new**"))).toHaveLength(6);
    expect(text).toContain("  - and 2 more addresses");
  });

  it("say what came before, who else was attacked, and what could not be looked up", () => {
    const text = lines({
      password: { right: 5, shown: 5, wrongBefore: 3 },
      campaign,
      gaps: [
        { table: "AuditLogs", problem: "not connected" },
        { table: "OfficeActivity", problem: "not permitted" },
      ],
    });
    expect(text.slice(-3)).toEqual([
      "- Before: 3 wrong passwords for this account in 24 hours",
      "- Campaign: 2 other users with refused or failed prompts from the same address 203.0.113.10: `bob@contoso.com`, `carol@contoso.com`",
      "- Not looked up: AuditLogs (not connected), OfficeActivity (not permitted)",
    ]);
    expect(lines({ password: { right: 5, shown: 5, wrongBefore: 0 } }).at(-1)).toBe(user);
  });
});
