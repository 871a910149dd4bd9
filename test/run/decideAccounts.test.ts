import { describe, expect, it } from "vitest";
import { decideAccounts } from "../../src/run/decideAccounts.ts";
import type { Detector } from "../../src/run/detector.ts";
import { newSendBudget } from "../../src/run/sendBudget.ts";
import { alice, bob, denialRow, time, type Person } from "../builders.ts";
import { accountOf } from "../detection/builders.ts";
import { inMutationRun } from "../inMutationRun.ts";
import { around } from "./around.ts";
import { Bench, explicitDeny, hour, never, personNamed, refusals, ruleNamed } from "./bench.ts";
import { publish } from "./fakeLog.ts";

const touched = (from: string, to: string, user: Person = alice) => ({
  account: accountOf(user),
  span: { from: time(from), to: time(to) },
});

describe("a head that another run has written meanwhile", () => {
  it("is read again, and the log too: what came with it is judged as well", async () => {
    const bench = new Bench("10:00", publish(refusals("09:00", 5)));
    const order: string[] = [];
    let writes = 0;
    const store = around(bench.store, async ({ method, make }) => {
      order.push(method);
      if (method === "write" && writes++ === 0) {
        bench.log.add(publish([denialRow("09:06")], "09:59"));
        await bench.run("10:00", { ingestionSafetyMs: 0 });
      }
      return make();
    });
    const detector = bench.detector({ store });
    const sending = newSendBudget(detector, "live");
    bench.log.before = ({ kind }) => {
      order.push(kind);
    };
    const { decisions, claimed } = await decideAccounts(
      detector,
      [touched("09:00", "09:04")],
      sending,
      never,
    );
    expect(order.filter((call) => call.startsWith("read") || call === "write")).toEqual([
      "readIndex",
      "write",
      "readHead",
    ]);
    expect(decisions.map(({ reason }) => reason)).toEqual(["unchanged"]);
    expect(claimed).toEqual([]);
    // What it had reserved under the cap is free again.
    expect(sending.left).toBe(50);
    expect(bench.records()).toMatchObject([{ facts: { denials: 6 } }]);
    expect(bench.sink.titles()).toEqual(["alice 1"]);
  });

  it("again and again ends the run with an error that may pass", async () => {
    const bench = new Bench("10:00", publish(refusals("09:00", 5)));
    const store = around(bench.store, ({ method, make }) =>
      method === "write" ? Promise.resolve("conflict") : make(),
    );
    await expect(bench.run("10:00", { store })).rejects.toMatchObject({
      name: "UpstreamError",
      message: "state: other runs keep changing the same records",
      retryable: true,
    });
    expect(bench.watermark()).toBe(time("09:00"));
    await bench.run("10:05");
    expect(bench.sink.titles()).toEqual(["alice 1"]);
  });
});

describe("an account", () => {
  it("is judged by every rule, each with a record of its own", async () => {
    const rules = [explicitDeny, ruleNamed("azure-ad-multiple-denied-mfa", { threshold: 5 })];
    const bench = new Bench("10:00", publish(refusals("09:00", 5)));
    const { reasons, sent } = await bench.run("10:00", { rules });
    expect(reasons).toEqual({ "first-seen": 2 });
    expect(sent).toBe(2);
    const subjects = bench.store.snapshot().heads.map(({ subject }) => subject.rule);
    expect(subjects.toSorted()).toEqual(rules.map(({ id }) => id).toSorted());
  });

  it("of another tenant with the same name is another", async () => {
    const elsewhere = { fields: { AADTenantId: "00000000-0000-0000-0000-0000000000dd" } };
    const here = refusals("09:00", 3);
    const there = ["09:00:30", "09:01:30"].map((at) => denialRow(at, elsewhere));
    const bench = new Bench("10:00", publish([...here, ...there]));
    await bench.run("10:00");
    expect(bench.records()).toEqual([]);
  });
});

describe("many accounts", () => {
  it("are judged once each, five hundred at a time", async () => {
    const users = Array.from({ length: 501 }, (_, i) => personNamed(`user${i}`));
    const bench = new Bench("10:00", publish(refusals("09:00", 5, users[500])));
    const detector = bench.detector();
    const { decisions, claimed, left } = await decideAccounts(
      detector,
      users.map((user) => touched("09:00", "09:04", user)),
      newSendBudget(detector, "live"),
      never,
    );
    const asked = bench.log.asked.filter(({ kind }) => kind === "candidates");
    expect(asked.map((query) => query.users?.length)).toEqual([1_000, 2]);
    expect(decisions.map(({ reason }) => reason)).toEqual(["first-seen"]);
    expect([claimed.length, left]).toEqual([1, 0]);
  });
});

describe("approvals", () => {
  /** What is asked of approvals when alice is looked at. */
  async function asked(bench: Bench, from: string, to: string, more: Partial<Detector> = {}) {
    const detector = bench.detector(more);
    const before = bench.log.asked.length;
    await decideAccounts(detector, [touched(from, to)], newSendBudget(detector, "live"), never);
    return bench.log.asked.slice(before).filter(({ kind }) => kind === "approvals");
  }

  it("are asked for as long after the last denial as the rule watches for them", async () => {
    const bench = new Bench("10:00", publish(refusals("09:00", 5)));
    expect(await asked(bench, "09:00", "09:04")).toMatchObject([
      {
        users: [alice.id, alice.name],
        range: { from: time("08:00"), to: time("10:04") + 72 * hour },
      },
    ]);
  });

  it("are not asked for where no run fires", async () => {
    const bench = new Bench("10:00", publish(refusals("09:00", 4)));
    expect(await asked(bench, "09:00", "09:03")).toEqual([]);
  });

  it("are asked for where one of several runs fires", async () => {
    const bench = new Bench("10:00", publish([...refusals("08:00", 3), ...refusals("09:00", 5)]));
    expect(await asked(bench, "08:00", "09:04")).toHaveLength(1);
  });

  it("are asked for where a burst is recorded, even if no run fires any more", async () => {
    const bench = new Bench("10:00", publish(refusals("09:00", 5)));
    await bench.run("10:00");
    const rules = [{ ...explicitDeny, threshold: 6 }];
    expect(await asked(bench, "09:00", "09:04", { rules })).toHaveLength(1);
  });
});

describe.skipIf(inMutationRun)("a flood", () => {
  it("of 1,000 users in one hour takes few queries, and all of it is sent in the end", async () => {
    const users = Array.from({ length: 1_000 }, (_, i) => personNamed(`user${i}`));
    const rows = publish(users.flatMap((user, i) => refusals(time("09:00") + i * 2_500, 5, user)));
    const bench = new Bench("10:30", rows, { maxIncidentsPerRun: 400 });
    const first = await bench.run("10:30", { initialLookbackMs: 6 * 3_600_000 });
    expect(first).toMatchObject({ opened: 1_000, sent: 400, pending: 600 });
    // Users are named five hundred at a time, in groups of like times: once around, once for approvals.
    const largest = Math.max(...bench.log.asked.map((query) => query.users?.length ?? 0));
    expect(largest).toBeLessThanOrEqual(1_000);
    expect(bench.log.asked.length).toBeLessThan(40);
    for (let run = 1; run <= 2; run++) {
      await bench.run(time("10:30") + run * 300_000);
    }
    expect(bench.sink.delivered).toHaveLength(1_000);
    expect(new Set(bench.sink.delivered.map(({ id }) => id)).size).toBe(1_000);
  });

  it("of one user's 20,000 rows is one burst", async () => {
    const steps = refusals("09:00", 10, bob, 30_000);
    const rows = Array.from({ length: 20_000 }, (_, i) => steps[i % steps.length] ?? {});
    const bench = new Bench("10:00", publish(rows, "09:20"));
    const { counts, denials } = await bench.run("10:00");
    expect(counts.rows).toBe(20_000);
    expect(denials).toBe(10);
    expect(bench.records()).toMatchObject([{ facts: { denials: 10 } }]);
  });
});
