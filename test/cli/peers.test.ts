import { describe, expect, it } from "vitest";

import { fire } from "../../src/cli/compare/peers/fire.ts";
import { readPeerRow } from "../../src/cli/compare/peers/peerRow.ts";
import { peers } from "../../src/cli/compare/peers/peers.ts";
import { doubtsAbout, whyMissed } from "../../src/cli/compare/peers/why.ts";
import { approved, noResponse, row, time, type RowOptions } from "../builders.ts";
import { refused, rowsOf } from "./peerRows.ts";

const ignored = "MFA denied; user did not respond to mobile app notification";

function peer(id: string) {
  const found = peers.find((each) => each.id === id);
  if (found === undefined) {
    throw new Error(`there is no peer ${id}`);
  }
  return found;
}

const silent = (at: string): RowOptions => ({
  at,
  published: at,
  steps: [noResponse(at)],
  status: ignored,
});
const approval = (at: string, more: Partial<RowOptions> = {}): RowOptions => ({
  at,
  published: at,
  resultType: "0",
  steps: [approved(at)],
  status: "MFA completed in Azure AD",
  ...more,
});
/** Every so many seconds from a time on. */
const each = (from: string, count: number, seconds: number, more: Partial<RowOptions> = {}) =>
  Array.from({ length: count }, (_, index) => {
    const at = new Date(time(from) + index * seconds * 1000).toISOString().slice(11, 19);
    return refused(at, more);
  });

describe("Sentinel: MFA Rejected by User", () => {
  const rule = peer("sentinel-mfa-rejected");

  it("fires on every row, also on those that show a prompt again", () => {
    const again = { request: "6513270e-269e-0d37-f2a7-000000000001" };
    const rows = rowsOf(refused("09:00:00", again), refused("09:00:00", again));
    expect(fire(rule, rows)).toHaveLength(2);
    expect(doubtsAbout(rule, rows, { count: 1, firstAt: time("09:00") })).toEqual(["rows"]);
  });

  it("does not see a refusal that only a step tells of", () => {
    const rows = rowsOf(refused("09:00", { resultType: "0" }));
    expect(fire(rule, rows)).toEqual([]);
    expect(whyMissed(rule, rows)).toBe("countsNone");
  });
});

describe("Sentinel: Explicit MFA Deny", () => {
  it("fires on a single refusal, of an app in the background as well", () => {
    const rows = rowsOf(refused("09:00", { fields: { IsInteractive: false } }));
    expect(fire(peer("sentinel-explicit-deny"), rows)).toHaveLength(1);
  });
});

describe("Sentinel: MFA Spamming followed by Successful login", () => {
  const rule = peer("sentinel-mfa-spamming");
  const attack = each("09:00:00", 11, 20);

  it("fires where the approval follows", () => {
    expect(fire(rule, rowsOf(...attack, approval("09:04:30")))).toHaveLength(1);
  });

  it("fires where the approval came before", () => {
    const rows = rowsOf(approval("08:59:30"), ...attack);
    expect(fire(rule, rows)).toHaveLength(1);
    expect(doubtsAbout(rule, rows, { count: 11, firstAt: time("09:00") })).toContain("before");
  });

  it("counts time-outs as refusals", () => {
    const rows = rowsOf(...attack.map(({ at }) => silent(String(at))), approval("09:04:30"));
    expect(fire(rule, rows)).toHaveLength(1);
    expect(doubtsAbout(rule, rows, { count: 0, firstAt: time("09:00") })).toContain(
      "otherOutcomes",
    );
  });

  it("is blind to an attack on a day with any other sign-in from that address", () => {
    const rows = rowsOf(...attack, approval("09:04:30"), approval("15:00:00"));
    expect(fire(rule, rows)).toEqual([]);
    expect(whyMissed(rule, rows)).toBe("span");
  });

  it("is split by rotating addresses", () => {
    const rows = rowsOf(
      ...attack.map((one, index) => ({ ...one, address: `203.0.113.${index}` })),
      approval("09:04:30", { address: "203.0.113.1" }),
    );
    expect(fire(rule, rows)).toEqual([]);
    expect(whyMissed(rule, rows)).toBe("key");
  });

  it("does not fire without an approval", () => {
    expect(whyMissed(rule, rowsOf(...attack))).toBe("success");
  });
});

describe("Splunk ESCU: Multiple Denied", () => {
  const rule = peer("splunk-multiple-denied");

  it("fires on ten rows in one span, and not on nine", () => {
    expect(fire(rule, rowsOf(...each("09:00:00", 10, 30)))).toHaveLength(1);
    expect(whyMissed(rule, rowsOf(...each("09:00:00", 9, 30)))).toBe("few");
  });

  it("misses a burst across the edge of a span", () => {
    const rows = rowsOf(...each("09:07:30", 10, 30));
    expect(fire(rule, rows)).toEqual([]);
    expect(whyMissed(rule, rows)).toBe("edge");
  });

  it("misses a burst with a row that was published late", () => {
    const [first, ...others] = each("09:00:00", 10, 30);
    const rows = rowsOf({ ...first!, published: "09:25:00" }, ...others);
    expect(fire(rule, rows)).toEqual([]);
    expect(whyMissed(rule, rows)).toBe("late");
  });

  it("takes two spellings of a name for two users", () => {
    const rows = rowsOf(
      ...each("09:00:00", 10, 30).map((one, index) => ({
        ...one,
        fields: { UserPrincipalName: index % 2 === 0 ? "alice@contoso.com" : "Alice@contoso.com" },
      })),
    );
    expect(whyMissed(rule, rows)).toBe("key");
  });
});

describe("Splunk ESCU: Multiple Failed", () => {
  const rule = peer("splunk-multiple-failed");

  it("counts over all that is searched, since its span is not in use", () => {
    const rows = Array.from({ length: 11 }, (_, hour) =>
      silent(`${String(hour + 8).padStart(2, "0")}:00:00`),
    );
    expect(fire(rule, rowsOf(...rows))).toHaveLength(1);
  });

  it("counts no refusals", () => {
    expect(whyMissed(rule, rowsOf(...each("09:00:00", 20, 30)))).toBe("countsNone");
  });
});

describe("Sigma: azure_mfa_denies", () => {
  it("fires on a single time-out", () => {
    const rule = peer("sigma-mfa-denies");
    const rows = rowsOf(silent("09:00:00"));
    expect(fire(rule, rows)).toHaveLength(1);
    expect(doubtsAbout(rule, rows, { count: 0, firstAt: time("09:00") })).toEqual([
      "otherOutcomes",
    ]);
  });
});

describe("Elastic's sequence, carried over", () => {
  const rule = peer("elastic-sequence");

  it("fires on five and an approval, whatever the clock says of bins", () => {
    expect(fire(rule, rowsOf(...each("09:07:00", 5, 60), approval("09:13:00")))).toHaveLength(1);
  });

  it("does not fire where the approval came before, or too late", () => {
    expect(whyMissed(rule, rowsOf(approval("08:59:00"), ...each("09:00:00", 5, 60)))).toBe(
      "success",
    );
    expect(whyMissed(rule, rowsOf(...each("09:00:00", 5, 60), approval("09:30:00")))).toBe(
      "success",
    );
  });

  it("fires once on a long sequence", () => {
    expect(fire(rule, rowsOf(...each("09:00:00", 8, 30), approval("09:05:00")))).toHaveLength(1);
  });
});

describe("fixed bins", () => {
  const rule = peer("fixed-bins");

  it("miss five refusals across an edge", () => {
    expect(whyMissed(rule, rowsOf(...each("09:12:00", 5, 60)))).toBe("edge");
  });

  it("fire on five time-outs", () => {
    const rows = ["09:00:00", "09:01:00", "09:02:00", "09:03:00", "09:04:00"].map(silent);
    expect(fire(rule, rowsOf(...rows))).toHaveLength(1);
  });
});

it("each peer names its source and version, and is known by one id", () => {
  expect(new Set(peers.map(({ id }) => id)).size).toBe(peers.length);
  for (const { source, version, says } of peers) {
    expect([source, version, says].every((text) => text.length > 0)).toBe(true);
  }
});

it("a row that has nothing to do with MFA is nothing to a peer", () => {
  const plain = row({ at: "09:00", resultType: "0", fields: { AuthenticationRequirement: "x" } });
  expect(readPeerRow(plain)).toBeNull();
});
