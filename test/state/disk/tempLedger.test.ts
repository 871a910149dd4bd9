import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, afterEach, expect, test, vi } from "vitest";
import { StateError } from "../../../src/state/disk/stateError.ts";
import { TempLedger } from "../../../src/state/disk/tempLedger.ts";

const approval = {
  source: "step",
  at: 1_773_133_200_000,
  request: "r-1",
  requestAlias: null,
  requestBy: "original",
  ipAddress: "203.0.113.10",
  publishedAt: null,
} as const;
const alice = { tenantId: "t-1", user: "alice@contoso.com", name: "alice@contoso.com" };
const bob = { tenantId: null, user: "bob@contoso.com", name: null };

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "ledger-test-"));
  vi.stubEnv("TMPDIR", base);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(base, { recursive: true });
});

async function all<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const value of values) {
    list.push(value);
  }
  return list;
}

test("approvals are given back, of the accounts wanted only", async () => {
  const ledger = new TempLedger();
  ledger.addApproval(alice, approval);
  ledger.addApproval(bob, approval);
  ledger.addApproval({ ...alice, tenantId: "t-2" }, approval);
  expect(await all(ledger.approvals(({ tenantId }) => tenantId === "t-1"))).toEqual([
    [alice, approval],
  ]);
  expect(await all(ledger.approvals(() => false))).toEqual([]);
  await ledger.close();
});

test("nothing came before this run", async () => {
  const ledger = new TempLedger();
  ledger.addSightings();
  expect(await all(ledger.sightings())).toEqual([]);
  await ledger.commit();
  await ledger.close();
});

test("its folder is for its owner alone, and gone when it is closed", async () => {
  const listeners = process.listenerCount("exit");
  const ledger = new TempLedger();
  const [name] = readdirSync(base);
  expect(statSync(join(base, name!)).mode & 0o077).toBe(0);
  for (let index = 0; index < 5000; index++) {
    ledger.addApproval(alice, approval);
  }
  await all(ledger.approvals(() => true));
  await ledger.close();
  expect(readdirSync(base)).toEqual([]);
  expect(process.listenerCount("exit")).toBe(listeners);
});

test("two at once do not see each other", async () => {
  const [one, two] = [new TempLedger(), new TempLedger()];
  one.addApproval(alice, approval);
  expect(await all(two.approvals(() => true))).toEqual([]);
  await two.close();
  expect(await all(one.approvals(() => true))).toHaveLength(1);
  await one.close();
});

test("a temporary folder that cannot be had is named", () => {
  const missing = join(base, "missing");
  vi.stubEnv("TMPDIR", missing);
  expect(() => new TempLedger()).toThrow(
    new StateError(`${missing}: temporary files cannot be written there (ENOENT)`),
  );
  expect(existsSync(missing)).toBe(false);
});
