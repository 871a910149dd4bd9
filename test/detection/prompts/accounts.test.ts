import { describe, expect, it } from "vitest";
import {
  noBindings,
  type Bindings,
  type MatchedAccounts,
} from "../../../src/detection/prompts/accounts.ts";
import { SightingTable } from "../../../src/detection/prompts/sightingTable.ts";
import type { RowAccount } from "../../../src/detection/signin/account.ts";
import { alice, bob, tenantId } from "../../builders.ts";
import { named, rowAccountOf, sighting } from "../builders.ts";

const otherTenant = "00000000-0000-0000-0000-0000000000dd";

/** One sighting of each, a minute after the one before. */
function tableOf(...holders: readonly RowAccount[]): SightingTable {
  const table = new SightingTable();
  holders.forEach((holder, at) => table.add(holder, sighting(`09:0${at}`)));
  return table;
}

/** Who the sightings belong to, and how many each has. */
function counts(table: SightingTable, matched: MatchedAccounts) {
  return [...table.accounts(matched)].map(({ account, sightings }) => {
    const { tenantId: tenant, user } = account();
    return [tenant, user, sightings().length];
  });
}

function bound(more: Partial<Bindings>): Bindings {
  return { ...noBindings, ...more };
}

describe("a row without an object id", () => {
  it.each([
    ["first", [named(alice.name), rowAccountOf(alice)]],
    ["last", [rowAccountOf(alice), named(alice.name)]],
  ])("belongs to the one id of its name, and comes %s", (_, holders) => {
    const table = tableOf(...holders);
    const matched = table.match();
    expect(counts(table, matched)).toEqual([[tenantId, alice.id, 2]]);
    expect(matched.bound).toEqual([{ tenantId, name: alice.name, id: alice.id }]);
    expect(table.looseAccounts()).toEqual([{ tenantId, user: alice.name }]);
    expect(matched.resolve(named(alice.name))).toEqual({ tenantId, user: alice.id });
    const [first] = [...table.accounts(matched)].map(({ account }) => account());
    expect(first?.aliases).toEqual([{ tenantId, user: alice.name }]);
  });

  it("stays apart where its name has two ids", () => {
    const table = tableOf(
      named(alice.name),
      rowAccountOf(alice),
      { ...rowAccountOf(bob), name: alice.name },
      { ...rowAccountOf(bob), name: alice.name },
    );
    const matched = table.match();
    expect(counts(table, matched).map(([, user]) => user)).toEqual([alice.name, alice.id, bob.id]);
    expect(matched.bound).toEqual([]);
  });

  it("belongs to the id that an earlier run bound, whatever later rows say", () => {
    const table = tableOf(named(alice.name), { ...rowAccountOf(bob), name: alice.name });
    const idOf = (_: string | null, name: string) => (name === alice.name ? alice.id : null);
    expect(counts(table, table.match(bound({ idOf })))).toEqual([
      [tenantId, alice.id, 1],
      [tenantId, bob.id, 1],
    ]);
  });

  it("joins others that are moved to the same id", () => {
    const former = "former@contoso.com";
    const table = tableOf(named(alice.name), named(former), rowAccountOf(bob));
    const idOf = (_: string | null, name: string) => (name === bob.name ? null : alice.id);
    expect(counts(table, table.match(bound({ idOf })))).toEqual([
      [tenantId, alice.id, 2],
      [tenantId, bob.id, 1],
    ]);
  });
});

describe("a row without a tenant", () => {
  const unnamed = { ...rowAccountOf(alice), tenantId: null };

  it("belongs to the only tenant that others name", () => {
    const table = tableOf(unnamed, rowAccountOf(alice), { ...named(alice.name), tenantId: null });
    const matched = table.match();
    expect(counts(table, matched)).toEqual([[tenantId, alice.id, 3]]);
    expect(matched.boundTenant).toBe(tenantId);
    const [first] = [...table.accounts(matched)].map(({ account }) => account());
    expect(first?.aliases).toEqual([
      { tenantId, user: alice.name },
      { tenantId: null, user: alice.id },
      { tenantId: null, user: alice.name },
    ]);
    expect(table.looseAccounts()).toEqual([
      { tenantId: null, user: alice.name },
      { tenantId: null, user: alice.id },
    ]);
    const columns = table.columns(matched);
    expect(new Set(columns.account).size).toBe(1);
  });

  it("stays apart where others name two tenants", () => {
    const table = tableOf(unnamed, rowAccountOf(alice), {
      ...rowAccountOf(bob),
      tenantId: otherTenant,
    });
    const matched = table.match();
    expect(counts(table, matched)).toHaveLength(3);
    expect(matched.boundTenant).toBeNull();
    expect(matched.resolve(unnamed)).toEqual({ tenantId: null, user: alice.id });
  });

  it("belongs to the tenant that an earlier run decided on", () => {
    const table = tableOf(unnamed, { ...rowAccountOf(bob), tenantId: otherTenant });
    const matched = table.match(bound({ unnamedTenant: tenantId, hasUnnamed: true }));
    expect(counts(table, matched)).toEqual([
      [tenantId, alice.id, 1],
      [otherTenant, bob.id, 1],
    ]);
  });
});

it("an account lists its names, newest first", () => {
  const table = tableOf(rowAccountOf(alice), {
    ...rowAccountOf(alice),
    name: "renamed@contoso.com",
  });
  const [first] = [...table.accounts()].map(({ account }) => account());
  expect(first?.names?.map(({ name }) => name)).toEqual(["renamed@contoso.com", alice.name]);
});
