import { describe, expect, test } from "vitest";
import { time } from "../../builders.ts";
import { approval } from "../builders.ts";
import { ago, alice, answer, bob, event, home, seen, strange } from "./lookedUp.ts";

function meaningsOf(more: Parameters<typeof event>[1], asked = {}, at = "09:20") {
  const { followed } = answer({ events: [event(at, more)] }, asked);
  return followed.map(({ meaning }) => meaning);
}

describe("what followed", () => {
  test("is listed with kind, actor, address and detail, oldest first", () => {
    const events = [
      event("09:40", { operation: "Add member to role", detail: "Global Administrator" }),
      event("09:20"),
    ];
    expect(answer({ events }).followed).toEqual([
      {
        at: time("09:20"),
        kind: "security-info",
        what: "User registered security info",
        detail: null,
        by: "alice@contoso.com",
        own: true,
        address: strange,
        meaning: "takeover",
      },
      expect.objectContaining({ kind: "role", detail: "Global Administrator" }),
    ]);
  });

  test("reaches from the first denial to 24 hours later", () => {
    const at = (when: number) =>
      answer({ events: [{ ...event("09:20"), at: when }] }).followed.length;
    expect(at(time("09:00"))).toBe(1);
    expect(at(time("09:00") - 1)).toBe(0);
    expect(at(ago(-1))).toBe(1);
    expect(at(ago(-1) + 1)).toBe(0);
  });

  test("is of the account, done by it or to it", () => {
    const by = { byNames: alice, onNames: [] };
    expect(meaningsOf(by)).toHaveLength(1);
    expect(meaningsOf({ byNames: bob, onNames: alice })).toHaveLength(1);
    expect(meaningsOf({ byNames: bob, onNames: bob })).toEqual([]);
  });

  test("is listed once if two tables have it", () => {
    const events = [
      event("09:20"),
      event("09:20:00.500"),
      event("09:20:00", { table: "CloudAppEvents" }),
    ];
    expect(answer({ events }).followed).toHaveLength(1);
  });

  test("keeps the same order for events of one moment", () => {
    const both = [event("09:20", { operation: "B" }), event("09:20", { operation: "A" })];
    const names = (events: typeof both) => answer({ events }).followed.map(({ what }) => what);
    expect(names(both)).toEqual(["A", "B"]);
    expect(names(both.toReversed())).toEqual(["A", "B"]);
  });

  test("is cut to 50, signs of a takeover last", () => {
    const others = Array.from({ length: 60 }, (_, n) =>
      event("09:15", { operation: `Unknown ${n}`, at: time("09:15") + n * 1_000 }),
    );
    const { followed } = answer({ events: [...others, event("10:00")] });
    expect(followed).toHaveLength(50);
    expect(followed.at(-1)?.meaning).toBe("takeover");
  });
});

describe("a sign of a takeover", () => {
  test.each([
    "User registered security info",
    "user changed default security info.",
    "Reset user password",
    "Add member to role",
    "Consent to application",
    "New-InboxRule",
  ])("is %s by the account itself from a denial's address", (operation) => {
    expect(meaningsOf({ operation })).toEqual(["takeover"]);
  });

  test("comes from a denial's, the approval's or a new address", () => {
    const approvals = [approval("09:15", { ipAddress: "192.0.2.5" })];
    const unknown = { seen: [], habits: [] };
    const from = (address: string, given = {}) =>
      answer({ ...given, events: [event("09:20", { address })] }, { approvals }).followed[0]
        ?.meaning;
    expect(from("192.0.2.200")).toBe("takeover");
    expect(from(strange, unknown)).toBe("takeover");
    expect(from("192.0.2.5", unknown)).toBe("takeover");
    expect(from("192.0.2.200", unknown)).toBe("neutral");
  });

  test("is protective from a known address", () => {
    expect(meaningsOf({ operation: "Change user password", address: home })).toEqual([
      "protective",
    ]);
  });

  test("is nothing without an address, before the trigger, or where it failed", () => {
    expect(meaningsOf({ address: null })).toEqual(["neutral"]);
    expect(meaningsOf({}, {}, "09:09")).toEqual(["neutral"]);
    expect(meaningsOf({ failed: true })).toEqual(["neutral"]);
    expect(meaningsOf({}, {}, "09:10")).toEqual(["takeover"]);
  });

  test.each([
    ["Add member to role", "takeover"],
    ["Admin registered security info", "takeover"],
    ["Reset password (by admin)", "protective"],
    ["Admin deleted security info", "protective"],
    ["Register device", "neutral"],
    ["Update conditional access policy", "neutral"],
    ["Something nobody knows", "neutral"],
  ])("done by another: %s is %s", (operation, meaning) => {
    expect(meaningsOf({ operation, byNames: bob, by: "bob@contoso.com", address: null })).toEqual([
      meaning,
    ]);
  });
});

test("an unknown operation is shown by its name, a risk detection by its type", () => {
  const events = [
    event("09:20", { operation: "Update sign-in hints" }),
    event("09:21", { table: "AADUserRiskEvents", operation: "unfamiliarFeatures", byNames: [] }),
  ];
  expect(answer({ events }).followed).toMatchObject([
    { kind: "other", what: "Update sign-in hints" },
    { kind: "risk", what: "unfamiliarFeatures", own: false },
  ]);
});

test("a failed operation says so", () => {
  const detailOf = (detail: string | null) =>
    answer({ events: [event("09:20", { failed: true, detail })] }).followed[0]?.detail;
  expect(detailOf(null)).toBe("failed");
  expect(detailOf("weak password")).toBe("failed: weak password");
});

describe("reports of the audit log", () => {
  test("are listed separately, and are not events", () => {
    const events = [
      event("09:11", { operation: "Suspicious activity reported" }),
      event("09:12", { operation: "Fraud reported - no action taken", by: null }),
    ];
    const { reports, followed } = answer({ events });
    expect(reports).toEqual([
      { at: time("09:11"), what: "Suspicious activity reported", by: "alice@contoso.com" },
      { at: time("09:12"), what: "Fraud reported - no action taken", by: null },
    ]);
    expect(followed).toEqual([]);
  });

  test("may be written a little before the denial, as clocks go", () => {
    const report = { operation: "Suspicious activity reported" };
    const found = (at: string) => answer({ events: [event(at, report)] }).reports.length;
    expect(found("08:55")).toBe(1);
    expect(found("08:54:59")).toBe(0);
  });
});

test("a known origin needs its own history only", () => {
  expect(answer({ seen: [seen(ago(29)), seen(ago(28))] }).origins.historyDays).toBe(29);
});
