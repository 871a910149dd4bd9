import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Context } from "../../../src/detection/context/context.ts";
import { byteLength } from "../../../src/detection/incidents/size.ts";
import { timeline } from "../../../src/detection/incidents/timeline.ts";
import { approval, nowhere, prompt, prompts, sighting } from "../builders.ts";
import { noContext, registered, report, spray, success } from "./contexts.ts";

const origin = {
  ...nowhere,
  ipAddress: "203.0.113.10",
  location: "Berlin, DE",
  application: "Azure Portal",
  userAgent: "Mozilla/5.0",
};

type Told = Parameters<typeof timeline>[0];

function rows(told: Partial<Told>, most = 5_000): readonly string[] {
  return timeline({ denials: [], approvals: [], context: null, ...told }, most).slice(2);
}

const within = (context: Partial<Context>) => rows({ context: { ...noContext, ...context } });

describe("the timeline", () => {
  it("has a line for each denial, with what is known of it", () => {
    const denials = [
      prompt("09:00:13.250", { origin }),
      prompt("09:01", { origin: { ...origin, device: "LAPTOP-1" }, outcome: "fraudReported" }),
      prompt("09:02", { outcome: "wrongNumber" }),
    ];
    expect(rows({ denials })).toEqual([
      "| 2026-03-10 09:00:13 | refused | 203.0.113.10 | Berlin, DE | Azure Portal | Mozilla/5.0 |",
      "| 2026-03-10 09:01:00 | reported as fraud | 203.0.113.10 | Berlin, DE | Azure Portal | LAPTOP-1 |",
      "| 2026-03-10 09:02:00 | wrong number | - | - | - | - |",
    ]);
  });

  it("has a line for each approval, with place, application, method and session", () => {
    const details = {
      location: "Berlin, DE",
      application: "Office 365",
      method: "Mobile app notification",
      session: "s1",
    };
    const approvals = [
      approval("09:20", { details }),
      approval("09:21"),
      approval("09:22", { details: { ...details, method: "", session: null } }),
    ];
    expect(rows({ approvals })).toEqual([
      "| 2026-03-10 09:20:00 | **APPROVED** | 198.51.100.99 | Berlin, DE | Office 365 | Mobile app notification, session s1 |",
      "| 2026-03-10 09:21:00 | **APPROVED** | 198.51.100.99 | - | - | - |",
      "| 2026-03-10 09:22:00 | **APPROVED** | 198.51.100.99 | Berlin, DE | Office 365 | - |",
    ]);
  });

  it("has what happened before and after, in order", () => {
    expect(
      within({
        spray,
        successes: [success, { ...success, own: false, user: "bob@contoso.com" }],
        reports: [report, { ...report, by: null }],
        followed: [
          registered,
          { ...registered, detail: null, own: false, meaning: "protective" },
          { ...registered, by: null, own: false, address: null, meaning: "neutral" },
        ],
      }),
    ).toEqual([
      "| 2026-03-10 08:30:00 | 40 wrong passwords of 14 other accounts | 203.0.113.10 | - | - | - |",
      "| 2026-03-10 09:12:00 | **Suspicious activity reported** | - | - | - | `alice@contoso.com` |",
      "| 2026-03-10 09:12:00 | **Suspicious activity reported** | - | - | - | - |",
      "| 2026-03-10 09:20:00 | User registered security info: Authenticator app (sign of a takeover) | 203.0.113.10 | - | - | the user |",
      "| 2026-03-10 09:20:00 | User registered security info (protective) | 203.0.113.10 | - | - | `alice@contoso.com` |",
      "| 2026-03-10 09:20:00 | User registered security info: Authenticator app | - | - | - | - |",
      "| 2026-03-10 09:25:00 | **signed in** | 203.0.113.10 | Berlin, DE | Office 365 | Mobile app notification |",
      "| 2026-03-10 09:25:00 | **`bob@contoso.com` signed in** | 203.0.113.10 | Berlin, DE | Office 365 | Mobile app notification |",
    ]);
    expect(within({ spray: { ...spray, addresses: [] } })).toHaveLength(1);
  });

  it("shows a prompt in several rows the same, whatever their order", () => {
    const both = ["198.51.100.1", "198.51.100.2"].map((ipAddress) =>
      sighting("09:00", { origin: { ...origin, ipAddress } }),
    );
    const [forth, back] = [both, both.toReversed()].map((sightings) =>
      rows({ denials: [{ ...prompt("09:00"), sightings }] }),
    );
    expect(forth).toEqual(back);
    expect(forth?.[0]).toContain("198.51.100.1");
  });

  it("cuts denials in the middle first, and counts what it cut", () => {
    const denials = prompts("09:00", "09:01", "09:02", "09:03");
    const approvals = [approval("09:20")];
    const whole = rows({ denials, approvals });
    expect(whole).toHaveLength(5);
    const size = byteLength(timeline({ denials, approvals, context: null }, 5_000).join("\n"));
    expect(rows({ denials, approvals }, size)).toEqual(whole);
    const cut = rows({ denials, approvals }, size - 1);
    expect(cut.slice(0, -1).map((line) => line.slice(13, 21))).toEqual([
      "09:00:00",
      "09:03:00",
      "09:20:00",
    ]);
    expect(cut.at(-1)).toBe("… and 2 refusals more, cut for length.");
    expect(rows({ denials, approvals }, 0)).toEqual([
      "… and 4 refusals and 1 other event more, cut for length.",
    ]);
    const ignored = prompts("09:00").map((each) => ({ ...each, outcome: "noResponse" as const }));
    expect(rows({ denials: ignored }, 0)).toEqual(["… and 1 prompt more, cut for length."]);
    expect(rows({ approvals }, 0)).toEqual(["… and 1 other event more, cut for length."]);
  });

  it("never exceeds its limit, if there is room for its head", () => {
    const denials = Array.from({ length: 40 }, () => prompt("09:00", { origin }));
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 4_000 }), (most) => {
        const lines = timeline({ denials, approvals: [], context: null }, most);
        expect(byteLength(lines.join("\n"))).toBeLessThanOrEqual(most);
        const kept = lines.filter((line) => line.startsWith("| 2026"));
        const cut = /^… and (\d+) refusals? more/.exec(lines.at(-1) ?? "")?.[1] ?? "0";
        expect(kept.length + Number(cut)).toBe(40);
      }),
    );
  });

  it("cuts long text in a cell, and lets nothing escape from it", () => {
    const hostile = { ...origin, userAgent: `a | b <c>\n${"x".repeat(100)}` };
    const [row = ""] = rows({ denials: [prompt("09:00", { origin: hostile })] });
    expect(row).toContain("a \\| b &#60;c&#62;\\[U+000A\\]xxx");
    expect(row).toContain("xxx… |");
    expect(row.length).toBeLessThan(240);
  });
});
