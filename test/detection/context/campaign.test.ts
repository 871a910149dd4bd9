import { describe, expect, test } from "vitest";
import { namedMembers } from "../../../src/detection/context/campaign.ts";
import type { KnownFinding } from "../../../src/detection/context/rows.ts";
import { time } from "../../builders.ts";
import { ago, alice, answer, bob, denial, failed, home, request } from "./lookedUp.ts";

function found(
  names: readonly string[],
  at: string,
  more: Partial<KnownFinding> = {},
): KnownFinding {
  return {
    names,
    id: `incident of ${names.at(-1)} at ${at}`,
    firstDenialAt: time(at),
    lastDenialAt: time(at),
    campaign: null,
    ...more,
  };
}

const elsewhere = { address: "192.0.2.77" };
const otherNetwork = { ...elsewhere, asNumber: "64499" };
const otherBrowser = { ...elsewhere, userAgent: "Edge" };

describe("a campaign", () => {
  test("is other accounts with refusals from the same address, and says what they share", () => {
    const rows = [
      failed("09:30"),
      failed("09:31", { names: ["carol@contoso.com"], kind: "unexplained", userAgent: null }),
    ];
    expect(answer({ failed: rows }).campaign).toEqual({
      id: null,
      users: 2,
      members: ["bob@contoso.com", "carol@contoso.com"],
      shared: [
        { kind: "address", value: "203.0.113.10" },
        { kind: "as-number", value: "64505" },
        { kind: "user-agent", value: "python-requests/2.31.0" },
      ],
    });
  });

  test("is not the account itself, wrong passwords, nor anything more than 24 hours away", () => {
    const away = { firstAt: ago(1) - 1, lastAt: ago(1) - 1 };
    const rows = [
      failed("09:30", { names: alice }),
      failed("09:30", { kind: "wrongPassword" }),
      failed("09:30", away),
      failed("09:30", { firstAt: ago(-1, "09:11"), lastAt: ago(-1, "09:11") }),
    ];
    expect(answer({ failed: rows }).campaign).toBeNull();
    expect(
      answer({ failed: [failed("09:30", { firstAt: ago(1), lastAt: ago(1) })] }).campaign,
    ).not.toBeNull();
  });

  test("takes two failures where only the network or the browser is the same", () => {
    const twice = (more: object) => [failed("09:30", more), failed("09:40", more)];
    for (const shared of [otherNetwork, otherBrowser]) {
      expect(answer({ failed: [failed("09:30", shared)] }).campaign).toBeNull();
      expect(answer({ failed: twice(shared) }).campaign?.shared).toHaveLength(1);
      expect(answer({ failed: [failed("09:30", { ...shared, signIns: 2 })] }).campaign?.users).toBe(
        1,
      );
    }
    expect(answer({ failed: twice({ ...otherNetwork, userAgent: "Edge" }) }).campaign).toBeNull();
  });

  test("shares no network and no browser that are the account's own", () => {
    const atHome = [request("09:00", { address: home })];
    const given = { refused: atHome, failed: [failed("09:30", { ...otherBrowser, signIns: 5 })] };
    expect(answer(given, { denials: [denial("09:00", home)] }).campaign).toBeNull();
    const unplaced = { ...given, refused: [request("09:00", { address: null })] };
    expect(answer(unplaced, { denials: [denial("09:00", null)] }).campaign?.users).toBe(1);
  });

  test("counts an account once, also where a row lacks its id", () => {
    const rows = [failed("09:30", { names: ["bob@contoso.com"] }), failed("09:31")];
    expect(answer({ failed: rows }).campaign).toMatchObject({
      users: 1,
      members: ["bob@contoso.com"],
    });
  });

  test("names 20 at most, and says how many there are", () => {
    const rows = Array.from({ length: 25 }, (_, n) =>
      failed("09:30", { names: [`user${n + 10}@contoso.com`] }),
    );
    const { campaign } = answer({ failed: rows });
    expect(campaign?.users).toBe(25);
    expect(campaign?.members).toHaveLength(namedMembers);
    expect(campaign?.members[0]).toBe("user10@contoso.com");
  });
});

describe("a campaign's id", () => {
  const failures = [failed("09:30")];
  const idOf = (...findings: readonly KnownFinding[]) =>
    answer({ failed: failures }, {}, { findings }).campaign?.id;

  test("is that of its earliest finding", () => {
    const [own, other] = [found(alice, "09:00"), found(bob, "08:00")];
    expect(idOf(own, other)).toBe(other.id);
    expect(idOf(own)).toBe(own.id);
  });

  test("is the smaller one of two that began together", () => {
    const both = [found(alice, "09:00", { id: "b" }), found(bob, "09:00", { id: "a" })];
    expect(idOf(...both)).toBe("a");
    expect(idOf(...both.toReversed())).toBe("a");
  });

  test("is handed on by a finding that names an earlier one", () => {
    expect(idOf(found(bob, "08:00", { campaign: "first of all" }))).toBe("first of all");
  });

  test("is not that of a stranger's finding, nor of one days ago", () => {
    expect(idOf(found(["carol@contoso.com"], "08:00"))).toBeNull();
    expect(idOf(found(bob, "08:00", { firstDenialAt: ago(3), lastDenialAt: ago(2) }))).toBeNull();
  });
});
