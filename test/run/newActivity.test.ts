import { describe, expect, it } from "vitest";
import { noCounts } from "../../src/run/counts.ts";
import { touch, ActiveAccounts } from "../../src/run/newActivity.ts";
import type { Range } from "../../src/run/ports.ts";
import {
  alice,
  bob,
  denialRow,
  denied,
  noResponse,
  pending,
  row,
  tenantId,
  time,
  type Row,
} from "../builders.ts";
import { excluding } from "../detection/builders.ts";
import { explicitDeny, refusals } from "./bench.ts";

const always: Range = { from: -Infinity, to: Infinity };

function touchedBy(rows: readonly Row[], happenedIn = always, rules = [explicitDeny]) {
  const touched = new ActiveAccounts();
  const counts = noCounts();
  const excluded = {};
  const denials = touch(rows, rules, happenedIn, counts, touched, excluded);
  return { denials, counts, excluded, list: touched.list() };
}

describe("rows touch", () => {
  it("the account that they are of, over the span in which it happened", () => {
    const { list, denials } = touchedBy([
      ...refusals("09:00", 3),
      denialRow("09:30", { user: bob }),
    ]);
    expect(denials).toBe(4);
    expect(list).toMatchObject([
      { account: { tenantId, user: alice.id }, span: { from: time("09:00"), to: time("09:02") } },
      { account: { tenantId, user: bob.id }, span: { from: time("09:30"), to: time("09:30") } },
    ]);
  });

  it("nobody if it happened outside of the requested range", () => {
    const range = { from: time("09:00"), to: time("09:02") };
    expect(touchedBy(refusals("09:00", 3), range).list).toMatchObject([
      { span: { from: time("09:00"), to: time("09:01") } },
    ]);
    expect(touchedBy(refusals("09:02", 3), range)).toMatchObject({ denials: 0, list: [] });
  });

  it("the account also by a prompt still in progress: it can be the earlier sighting of a refused one", () => {
    const { list, denials } = touchedBy([row({ at: "09:00", steps: [pending("09:00")] })]);
    expect(denials).toBe(0);
    expect(list).toMatchObject([{ span: { from: time("09:00"), to: time("09:00") } }]);
  });

  it("who is excluded too, to see how it ends, and counts what is hidden by each exclusion", () => {
    const others = { ...explicitDeny, scope: excluding({ users: [alice.name] }) };
    expect(touchedBy(refusals("09:00", 3), always, [others])).toMatchObject({
      list: [{ span: { from: time("09:00") } }],
      denials: 0,
      excluded: { "explicit-mfa-deny exclude[0]": 3 },
      counts: { rows: 3, setAside: { excluded: 3 } },
    });
  });

  it("nobody who was not even asked", () => {
    const plain = row({ at: "09:00", resultType: "0", steps: [] });
    expect(touchedBy([plain])).toMatchObject({
      list: [],
      counts: { setAside: { notCandidate: 1 } },
    });
  });

  it("count a denial that several rows show, or several rules count, once", () => {
    const steps = [denied("09:00", { asked: "08:59:50" })];
    const rows = [row({ at: "09:00", steps }), row({ at: "09:00", steps })];
    const two = [explicitDeny, { ...explicitDeny, id: "another" }];
    expect(touchedBy(rows, always, two).denials).toBe(1);
  });

  it("count two refusals of the same instant as two", () => {
    const rows = ["08:59:50", "08:59:55"].map((asked) =>
      row({ at: "09:00", request: `request ${asked}`, steps: [denied("09:00", { asked })] }),
    );
    expect(touchedBy(rows).denials).toBe(2);
  });

  it("by anything but a denial counts none", () => {
    expect(touchedBy([row({ at: "09:00", steps: [noResponse("09:00")] })]).denials).toBe(0);
  });
});
