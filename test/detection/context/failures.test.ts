import { describe, expect, test } from "vitest";
import { time } from "../../builders.ts";
import { ago, alice, answer, bob, denial, failed, home, request, strange } from "./lookedUp.ts";

const wrong = { kind: "wrongPassword" } as const;

describe("the password", () => {
  test("was right in a number of the denials whose rows show one", () => {
    const refused = [
      request("09:00"),
      request("09:05", { rightPassword: false }),
      request("09:10", { rightPassword: null }),
    ];
    expect(answer({ refused }).password).toEqual({ right: 1, shown: 2, wrongBefore: 0 });
  });

  test("was wrong so often in the 24 hours before", () => {
    const guesses = [
      failed("09:00", { ...wrong, names: alice, signIns: 7, firstAt: ago(1), lastAt: ago(1) }),
      failed("08:00", { ...wrong, names: alice, signIns: 3 }),
      failed("08:00", { ...wrong, signIns: 100 }),
      failed("09:01", { ...wrong, names: alice, signIns: 100 }),
      failed("08:00", { names: alice, signIns: 100 }),
      failed("09:00", { ...wrong, names: alice, firstAt: ago(1) - 1, lastAt: ago(1) - 1 }),
    ];
    expect(answer({ refused: [], failed: guesses }).password).toEqual({
      right: 0,
      shown: 0,
      wrongBefore: 10,
    });
  });

  test("is not mentioned if no row shows it", () => {
    expect(answer({ refused: [] }).password).toBeNull();
  });
});

describe("a spray", () => {
  test("is wrong passwords of other accounts from a denial's address within 24 hours", () => {
    const rows = [
      failed("08:00", { ...wrong, signIns: 2 }),
      failed("07:00", { ...wrong, names: ["carol@contoso.com"] }),
    ];
    expect(answer({ failed: rows }).spray).toEqual({
      accounts: 2,
      attempts: 3,
      addresses: [strange],
      from: time("07:00"),
      to: time("08:00"),
    });
  });

  test.each([
    ["of the account itself", { names: alice }],
    ["from another address", { address: "192.0.2.1" }],
    ["from no address", { address: null }],
    ["more than 24 hours before", { firstAt: ago(1) - 1, lastAt: ago(1) - 1 }],
  ])("is not wrong passwords %s", (_, more) => {
    expect(answer({ failed: [failed("08:00", { ...wrong, ...more })] }).spray).toBeNull();
  });

  test("is not seen in slips of colleagues at the account's own place", () => {
    const slip = failed("08:00", { ...wrong, names: bob, address: home });
    expect(answer({ failed: [slip] }, { denials: [denial("09:00", home)] }).spray).toBeNull();
  });
});
