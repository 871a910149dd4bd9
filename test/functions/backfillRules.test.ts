/** Which rules a backfill judges a workspace by. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { composeApp } from "../../src/app.ts";
import { emulatorAccount } from "../../standins/azurite.ts";

const folder = mkdtempSync(join(tmpdir(), "mfa-deny-backfill-rules-"));
const signal = new AbortController().signal;
const log = { info() {}, warn() {}, error() {} };

beforeAll(() => {
  writeFileSync(join(folder, "own.yaml"), "- id: vip\n  threshold: 3\n  window: PT10M\n");
  writeFileSync(join(folder, "other.yaml"), "- id: explicit-mfa-deny\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const workspace = (name: string, digit: string, rules: string) => ({
  name,
  workspaceId: `00000000-0000-0000-0000-00000000000${digit}`,
  resourceId: `/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/${name}`,
  rules,
});

/** The ids of the rules that a backfill of the first workspace uses, in an app with a second one. */
async function rulesOf(
  asked: readonly string[],
  secondFile: string,
  more: { readonly tune?: string } = {},
): Promise<readonly string[]> {
  const app = composeApp({
    STATE_STORAGE: `DefaultEndpointsProtocol=http;AccountName=${emulatorAccount.name};AccountKey=${emulatorAccount.key};TableEndpoint=http://127.0.0.1:1/a;QueueEndpoint=http://127.0.0.1:1/a`,
    WORKSPACES: JSON.stringify([
      workspace("first", "1", "own.yaml"),
      workspace("second", "2", secondFile),
    ]),
    AzureWebJobsScriptRoot: folder,
  });
  const [first] = app.settings.workspaces;
  const request = { from: 0, to: 1, rules: asked, workspaces: ["first"], dryRun: false, ...more };
  const job = { id: "00000000-0000-0000-0000-0000000000aa", request };
  const { rules } = await app.backfillDetectorOf(first!, job, log, signal);
  return rules.map(({ id }) => id);
}

test("a workspace's own rules are enough: a broken file of another one does not stop its backfill", async () => {
  expect(await rulesOf(["vip"], "gone.yaml")).toEqual(["vip"]);
});

test("the rule that is tried is there beside those in use", async () => {
  const tune = "mfa-deny-then-approve";
  expect(await rulesOf(["vip"], "own.yaml", { tune })).toEqual(["vip", tune]);
  expect(await rulesOf(["vip"], "own.yaml", { tune: "vip" })).toEqual(["vip"]);
});

test("a rule that ships is taken as shipped where no workspace has one of that name", async () => {
  const asked = ["mfa-deny-then-approve", "vip"];
  expect(await rulesOf(asked, "other.yaml")).toEqual(asked);
});

test("a rule that another workspace has changed is not taken as shipped", async () => {
  expect(await rulesOf(["explicit-mfa-deny", "vip"], "other.yaml")).toEqual(["vip"]);
});
