import { describe, expect, it } from "vitest";
import { approvalsByAccount, mayBeOf } from "../../../src/detection/prompts/approvals.ts";
import { SightingTable } from "../../../src/detection/prompts/sightingTable.ts";
import { accountKey, type RowAccount } from "../../../src/detection/signin/account.ts";
import { alice, bob, tenantId } from "../../builders.ts";
import { approval, accountOf, named, rowAccountOf, sighting } from "../builders.ts";

describe("a row may be of an account", () => {
  const isOurs = mayBeOf([accountOf(alice)]);

  it.each<[string, RowAccount, boolean]>([
    ["by its id", { tenantId, user: alice.id, name: null }, true],
    ["by its name", named(alice.name), true],
    ["by its name beside another id", { tenantId, user: bob.id, name: alice.name }, true],
    ["by neither", rowAccountOf(bob), false],
    ["by neither, without a name", { tenantId, user: bob.id, name: null }, false],
  ])("%s", (_, row, expected) => {
    expect(isOurs(row)).toBe(expected);
  });
});

describe("approvals go to the account", () => {
  /** How many approvals an account has that is known by its name alone. */
  function approvalsOfName(...rows: readonly RowAccount[]): number | undefined {
    const table = new SightingTable();
    table.add(named(alice.name), sighting("09:00"));
    const wanted = { tenantId, user: alice.name };
    const found = approvalsByAccount(
      [wanted],
      table.match(),
      rows.map((row, at) => [row, approval(`09:1${at}`)] as const),
    );
    return found.get(accountKey(wanted))?.length;
  }

  it("of their name", () => {
    expect(approvalsOfName(named(alice.name))).toBe(1);
  });

  it("whose name has an id in them alone", () => {
    expect(approvalsOfName(named(alice.name), rowAccountOf(alice), rowAccountOf(alice))).toBe(3);
  });

  it("of nobody where they show two ids for the name", () => {
    const other = { ...rowAccountOf(bob), name: alice.name };
    expect(approvalsOfName(rowAccountOf(alice), other)).toBe(0);
  });

  it("of nobody else", () => {
    expect(approvalsOfName(rowAccountOf(bob), { tenantId, user: bob.id, name: null })).toBe(0);
  });
});
