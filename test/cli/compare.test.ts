import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import type { CompareOutput } from "../../src/cli/compare/compare.ts";
import { approved, bob, denied, row, type Row } from "../builders.ts";
import { cli, ndjson, temporaryFolder } from "./terminal.ts";

const declined = "MFA denied; user declined the authentication";
const refused = (at: string, more = {}) =>
  row({ at, published: at, status: declined, steps: [denied(at)], ...more });

const five = (hour: string, minutes: readonly number[], more = {}) =>
  minutes.map((minute) => refused(`${hour}:${String(minute).padStart(2, "0")}`, more));

function rulesFile(rules: unknown): string {
  const path = join(temporaryFolder(), "rules.json");
  writeFileSync(path, JSON.stringify(rules));
  return path;
}

const rule = (threshold: number, window: string) =>
  rulesFile([{ id: "explicit-mfa-deny", threshold, window }]);

async function compared(args: readonly string[], rows: readonly Row[]) {
  const ended = await cli(["compare", "--format", "json", ...args, "-"], { stdin: ndjson(rows) });
  return { ...ended, output: JSON.parse(ended.out) as CompareOutput };
}

async function changes(before: string, after: string, rows: readonly Row[]) {
  const { output } = await compared(["--before", before, "--after", after], rows);
  return (output.changes ?? []).map(({ kind, user }) => `${kind} ${user}`);
}

describe("compare of two files of rules", () => {
  it("names what is won and lost", async () => {
    const rows = [...five("09", [0, 1, 2, 3, 4]), ...five("11", [0, 12, 24], { user: bob })];
    const [strict, slow] = [rule(5, "PT5M"), rule(3, "PT30M")];
    expect(await changes(strict, slow, rows)).toEqual([
      "moved alice@contoso.com",
      "won bob@contoso.com",
    ]);
    expect(await changes(slow, strict, rows)).toEqual([
      "moved alice@contoso.com",
      "lost bob@contoso.com",
    ]);
    expect(await changes(slow, slow, rows)).toEqual([
      "same alice@contoso.com",
      "same bob@contoso.com",
    ]);
  });

  it("names what is merged and split", async () => {
    const rows = [...five("09", [0, 1, 2]), ...five("09", [20, 21, 22])];
    const [short, long] = [rule(3, "PT5M"), rule(3, "PT30M")];
    expect(await changes(short, long, rows)).toEqual(["merged alice@contoso.com"]);
    expect(await changes(long, short, rows)).toEqual(["split alice@contoso.com"]);
  });

  it("ends with 1 on --exit-code where something is lost", async () => {
    const rows = five("09", [0, 1, 2]);
    const files = ["--before", rule(3, "PT5M"), "--after", rule(4, "PT5M")];
    expect((await compared([...files, "--exit-code"], rows)).code).toBe(1);
    expect((await compared(files, rows)).code).toBe(0);
  });

  it("says so in a table", async () => {
    const rows = five("09", [0, 1, 2]);
    const { out } = await cli(
      ["compare", "--before", rule(3, "PT5M"), "--after", rule(4, "PT5M"), "-"],
      { stdin: ndjson(rows) },
    );
    expect(out).toContain("lost    alice@contoso.com\n        before: explicit-mfa-deny from");
    expect(out).toContain("0 won, 1 lost, 0 merged, 0 split, 0 moved, 0 same.");
    expect(out).not.toContain("models of the rules");
  });

  it("needs both files", async () => {
    const { code, err } = await cli(["compare", "--before", rule(3, "PT5M"), "-"], { stdin: "" });
    expect([code, err]).toEqual([2, "mfa-deny: --before and --after need each other\n"]);
  });
});

describe("compare with public rules", () => {
  it("says for each burst who catches it, who misses it and why", async () => {
    const { output } = await compared([], five("09", [12, 13, 14, 15, 16]));
    const [burst] = output.againstPeers?.bursts ?? [];
    expect(burst).toMatchObject({ user: "alice@contoso.com", denials: 5 });
    const told = burst?.peers.map(({ peer, why, alerts }) => `${peer} ${why ?? alerts}`);
    expect(told).toEqual([
      "sentinel-mfa-rejected 5",
      "sentinel-explicit-deny 5",
      "sentinel-mfa-spamming few",
      "splunk-multiple-denied few",
      "splunk-multiple-failed countsNone",
      "sigma-mfa-denies 5",
      "elastic-sequence success",
      "fixed-bins edge",
    ]);
  });

  it("counts alerts where there is no finding of ours", async () => {
    const rows = [refused("09:00"), ...five("12", [0, 1, 2, 3, 4], { user: bob })];
    const { output } = await compared(["--peer", "sentinel-mfa-rejected"], rows);
    expect(output.againstPeers?.totals).toEqual([
      { peer: "sentinel-mfa-rejected", alerts: 6, catches: 1, misses: {}, elsewhere: 1 },
    ]);
  });

  it("says that it models them", async () => {
    const approval = row({
      at: "09:06",
      published: "09:06",
      resultType: "0",
      steps: [approved("09:06")],
    });
    const rows = [...five("09", [0, 1, 2, 3, 4]), approval];
    const { out } = await cli(["compare", "-"], { stdin: ndjson(rows) });
    expect(out).toContain("catches  Elastic: Potential Okta MFA Bombing, carried over to Entra\n");
    expect(out).toContain(
      "misses   Splunk ESCU: Azure AD Multiple Denied MFA Requests For User: counts too few",
    );
    expect(out).toContain("they are not the rules.");
  });

  it("leaves out what was published later", async () => {
    const rows = five("09", [0, 1, 2, 3, 4]);
    const asOf = ["--as-of", "2026-03-10T09:02:00Z", "--peer", "fixed-bins"];
    const { output } = await compared(asOf, rows);
    expect(output.againstPeers).toMatchObject({ bursts: [], totals: [{ alerts: 0 }] });
  });

  it("rejects a peer that there is not", async () => {
    const { code, err } = await cli(["compare", "--peer", "none", "-"], { stdin: "" });
    expect([code, err]).toEqual([
      2,
      expect.stringContaining("--peer is 'none'; it must be one of"),
    ]);
  });
});
