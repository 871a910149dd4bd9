import { describe, expect, it } from "vitest";
import type { DueItem } from "../../src/run/ports.ts";
import { approved, bob, denialRow, row, tenantId, time, workspaceId } from "../builders.ts";
import { around } from "./around.ts";
import {
  Bench,
  day,
  denyThenApprove,
  explicitDeny,
  forgetful,
  hour,
  minute,
  refusals,
  ruleNamed,
} from "./bench.ts";
import { publish, type Moment } from "./fakeLog.ts";

/** A sign-in that alice approved. */
function approval(at: Moment, published: Moment) {
  return publish([row({ at, resultType: "0", steps: [approved(at)] })], published);
}

/** What is only watched, each of a user of its own. */
function watches(count: number, { until }: { readonly until: number }): readonly DueItem[] {
  const at = time("09:00");
  return Array.from({ length: count }, (_, i) => ({
    subject: { rule: explicitDeny.id, workspaceId, tenantId, user: `user${i}@contoso.com` },
    burstId: `burst of user${i}`,
    dueAt: at,
    attempts: 0,
    lane: "live",
    incident: null,
    mergedInto: null,
    watch: { from: at, to: at, until },
  }));
}

const matches = (bench: Bench) => bench.records().map(({ facts }) => facts.approval?.match);
const severities = (bench: Bench) => bench.records().map(({ facts }) => facts.severity);

describe("an approval", () => {
  it("that is published hours after the burst raises its severity, once", async () => {
    const bench = new Bench("09:30", publish(refusals("09:00", 5)));
    await bench.run("09:30");
    expect(severities(bench)).toEqual(["Medium"]);
    bench.log.add(approval("09:20", "15:00"));
    await bench.run("14:55");
    expect(severities(bench)).toEqual(["Medium"]);
    const raised = await bench.run("15:05");
    expect(raised.reasons).toEqual({ "approved-after": 1 });
    expect(severities(bench)).toEqual(["High"]);
    // A second one, and the first one again, are no news.
    bench.log.add([...approval("09:20", "15:10"), ...approval("09:40", "15:10")]);
    const again = await bench.run("15:15");
    expect(again.sent).toBe(0);
    expect(bench.sink.titles()).toEqual(["alice 1", "alice 2"]);
  });

  it("for which only one family of rules watches is judged by each against its own records", async () => {
    const multiple = ruleNamed("azure-ad-multiple-denied-mfa", { threshold: 4 });
    const bench = new Bench("09:30", publish(refusals("09:00", 4)), {
      rules: [explicitDeny, multiple],
    });
    const recorded = () =>
      bench.store
        .snapshot()
        .heads.flatMap(({ subject, bursts }) =>
          bursts.map(({ rules = [subject.rule], facts: { denials, severity } }) =>
            [subject.rule, ...rules, denials, severity].join(" "),
          ),
        );
    await bench.run("09:30");
    expect(recorded()).toEqual([`${multiple.id} ${multiple.id} 4 Medium`]);
    bench.log.add([...publish([denialRow("09:04")], "10:00"), ...approval("09:05", "10:00")]);
    await bench.run("10:05");
    expect(recorded().toSorted()).toEqual([
      `${multiple.id} ${multiple.id} 5 High`,
      `${explicitDeny.id} ${explicitDeny.id} 5 High`,
    ]);
    expect(new Set(bench.records().map(({ id }) => id)).size).toBe(2);
  });

  it("is found up to two days late, and one that is later still is not", async () => {
    for (const [late, severity] of [
      [2 * day + 50 * minute, "High"],
      [2 * day + 70 * minute, "Medium"],
    ] as const) {
      const bench = new Bench("09:30", publish(refusals("09:00", 5)));
      await bench.run("09:30");
      // The last denial is at 09:04, so that approvals are watched for until 10:04 two days later.
      bench.log.add(approval("09:20", time("09:04") + late));
      for (let at = time("09:30"); at < time("09:30") + 3 * day; at += 20 * minute) {
        await bench.run(at);
      }
      expect([late, ...severities(bench)]).toEqual([late, severity]);
      expect(bench.due()).toEqual([]);
    }
  });

  it("that comes with the outage that kept it is found however long that was", async () => {
    const bench = new Bench("09:30", publish(refusals("09:00", 5)));
    await bench.run("09:30");
    bench.log.add(approval("09:20", time("09:00") + day));
    await bench.run(time("09:00") + 6 * day);
    expect(severities(bench)).toEqual(["High"]);
  });

  it("is watched for no more once there is one that no other can outdo", async () => {
    const bench = new Bench("09:30", publish(refusals("09:00", 5)));
    await bench.run("09:30");
    const elsewhere = { address: "192.0.2.99", resultType: "0", steps: [approved("09:20")] };
    bench.log.add(publish([row({ at: "09:20", ...elsewhere })], "10:00"));
    await bench.run("10:05");
    expect(matches(bench)).toEqual(["other"]);
    expect(bench.due()).toHaveLength(1);
    bench.log.add(approval("09:30", "10:10"));
    await bench.run("10:15");
    expect(matches(bench)).toEqual(["same-address"]);
    expect(bench.due()).toEqual([]);
  });

  it("is watched for as long as it may be late, to the millisecond", async () => {
    // An hour after the last denial, and two days.
    const until = time("10:04") + 2 * day;
    for (const [now, watched] of [
      [until - 1, 1],
      [until, 0],
    ] as const) {
      const bench = new Bench(now, publish(refusals("09:00", 5)));
      await bench.backfill({ from: "08:00", to: "12:00" });
      expect([now, bench.due().length]).toEqual([now, watched]);
    }
  });

  it("outside of the hour after the last denial, or before the trigger, raises nothing", async () => {
    const bench = new Bench("09:30", publish(refusals("09:00", 5)));
    await bench.run("09:30");
    bench.log.add([...approval("09:03:59", "10:00"), ...approval("10:04:01", "10:10")]);
    await bench.run("10:15");
    expect(severities(bench)).toEqual(["Medium"]);
    bench.log.add(approval("10:04", "10:20"));
    await bench.run("10:25");
    expect(severities(bench)).toEqual(["High"]);
  });

  it("of somebody else raises nothing", async () => {
    const bench = new Bench("09:30", publish(refusals("09:00", 5)));
    await bench.run("09:30");
    const another = row({ at: "09:20", user: bob, resultType: "0", steps: [approved("09:20")] });
    bench.log.add(publish([another], "10:00"));
    await bench.run("10:05");
    expect(severities(bench)).toEqual(["Medium"]);
  });

  it("is watched for again when the burst grows", async () => {
    const bench = new Bench("09:30", publish(refusals("09:00", 5)));
    await bench.run("09:30");
    bench.log.add(publish([denialRow("09:15")], "10:00"));
    await bench.run("10:05");
    bench.log.add(approval("10:10", "12:00"));
    await bench.run("12:05");
    expect(bench.records()[0]?.facts).toMatchObject({ severity: "High", denials: 6 });
  });
});

describe("the rule that asks for an approval", () => {
  const more = { rules: [denyThenApprove] };

  it("waits for it with nothing recorded, and opens when it comes hours later", async () => {
    const bench = new Bench("09:30", publish(refusals("09:00", 2)), more);
    const waiting = await bench.run("09:30");
    expect(waiting).toMatchObject({ opened: 0, reasons: { "awaiting-approval": 1 } });
    expect(bench.records()).toEqual([]);
    expect(bench.due()).toMatchObject([{ incident: null, watch: { from: time("09:00") } }]);
    bench.log.add(approval("09:20", "16:00"));
    const opened = await bench.run("16:05");
    expect(opened).toMatchObject({ opened: 1, sent: 1 });
    // Nothing was looked up, so nobody knows whether the origin is usual.
    expect(severities(bench)).toEqual(["Medium"]);
  });

  it("waits as long as the approval may be late, and then no more", async () => {
    const bench = new Bench("09:30", publish(refusals("09:00", 2)), more);
    await bench.run("09:30");
    const over = time("09:01") + 60 * minute + 2 * day;
    await bench.run(over + 2 * minute - 1);
    expect(bench.due()).toHaveLength(1);
    await bench.run(over + 2 * minute);
    expect(bench.due()).toEqual([]);
    const asked = bench.log.asked.length;
    await bench.run(over + 10 * minute);
    expect(bench.log.asked.slice(asked).map(({ kind }) => kind)).toEqual(["candidates"]);
  });

  it("does not take a watch for what another run has opened meanwhile", async () => {
    const bench = new Bench("09:30", publish(refusals("09:00", 2)), more);
    const late = bench.detector();
    // This run read the log before the approval came, and writes after another has opened the incident.
    let others = 0;
    const store = around(bench.store, async ({ method, make }) => {
      if (method === "write" && others++ === 0) {
        bench.log.add(approval("09:20", "09:29"));
        await bench.run("09:30", { maxIncidentsPerRun: 0 });
      }
      return make();
    });
    await bench.run("09:30", { ...late, store, maxIncidentsPerRun: 0 });
    expect(bench.records()).toHaveLength(1);
    expect(bench.due()).toMatchObject([{ incident: { revision: 1 } }]);
    await bench.run("09:40");
    expect(bench.sink.titles()).toEqual(["alice 1"]);
  });
});

describe("a watch that ends", () => {
  it("is not dropped when another run has put something to send in its place", async () => {
    const bench = new Bench("09:30", publish(refusals("09:00", 5)), {
      rules: [explicitDeny],
      approvalLatenessMs: 0,
    });
    await bench.run("09:30");
    bench.log.add(publish([denialRow("09:10")], "11:00"));
    let opened = 0;
    const store = around(bench.store, async ({ method, make }) => {
      const answer = await make();
      // Between what this run was told is due, and its end, a backfill finds more and has no time to send it.
      if (method === "open" && opened++ === 0) {
        await bench.backfill({ from: "08:00", to: "10:00" }, { maxIncidentsPerRun: 0 });
      }
      return answer;
    });
    bench.now = time("11:01");
    await bench.run("11:01", { store });
    expect(bench.due()).toMatchObject([{ incident: { revision: 2 } }]);
    await bench.run("11:10");
    expect(bench.sink.titles()).toEqual(["alice 1", "alice 2"]);
  });

  it("costs a question about approvals only while it lasts", async () => {
    const bench = new Bench("09:30", publish(refusals("09:00", 5)), { approvalLatenessMs: hour });
    await bench.run("09:30");
    const kinds = async (at: Moment) => {
      const before = bench.log.asked.length;
      await bench.run(at);
      return bench.log.asked.slice(before).map(({ kind }) => kind);
    };
    expect(await kinds("10:00")).toEqual(["candidates", "approvals"]);
    expect(await kinds("11:30")).toEqual(["candidates", "approvals"]);
    expect(await kinds("11:40")).toEqual(["candidates"]);
  });

  it("is dropped in the same run as another one of the same record", async () => {
    const bench = new Bench("09:30", publish(refusals("09:00", 5)), {
      rules: [explicitDeny, denyThenApprove],
      approvalLatenessMs: 0,
    });
    await bench.run("09:30");
    expect(bench.due()).toHaveLength(2);
    await bench.run("10:30");
    expect(bench.due()).toEqual([]);
  });

  it("is dropped also where nothing was watched for any more", async () => {
    const bench = new Bench("09:30", []);
    await bench.store.write({
      put: watches(1, { until: 0 }).map((item) => ({ ...item, watch: null })),
    });
    await bench.run("09:30");
    expect(bench.due()).toEqual([]);
  });

  it("is dropped five hundred in a run, with all that is recorded kept", async () => {
    const bench = new Bench("09:30", publish(refusals("09:00", 5)), { approvalLatenessMs: 0 });
    await bench.run("09:30");
    const known = bench.records();
    await bench.store.write({ put: watches(501, { until: time("09:40") }) });
    const store = forgetful(bench.store);
    await bench.run("10:30", { store });
    expect(bench.due()).toHaveLength(2);
    await bench.run("10:35", { store });
    expect(bench.due()).toEqual([]);
    expect(bench.records()).toEqual(known);
  });
});

describe("watches", () => {
  /** What an idle run asks of approvals. */
  async function asked(due: readonly DueItem[]) {
    const bench = new Bench("09:30", []);
    await bench.run("09:30");
    await bench.store.write({ put: due });
    await bench.run("09:40");
    return bench.log.asked.filter(({ kind }) => kind === "approvals");
  }

  it("name a thousand users in a question and no more, each of them once", async () => {
    const many = watches(1_001, { until: time("10:00") });
    const again = many.map((item) => ({ ...item, burstId: `another of ${item.subject.user}` }));
    const questions = await asked([...many, ...again]);
    expect(questions.map(({ users }) => users?.length)).toEqual([1_000, 1]);
    expect(new Set(questions.flatMap(({ users }) => users)).size).toBe(1_001);
    const range = { from: time("09:28"), to: time("09:38") };
    expect(questions[0]).toMatchObject({ by: "ingested", range, shard: null });
  });

  it("that have ended before what is read name nobody", async () => {
    expect(await asked(watches(1, { until: time("09:28") }))).toEqual([]);
    expect(await asked(watches(1, { until: time("09:28") + 1 }))).toHaveLength(1);
  });

  it("find an approval beside an older one on the same row", async () => {
    const bench = new Bench("09:30", publish(refusals("09:00", 5)));
    await bench.run("09:30");
    const steps = [approved("08:50"), approved("09:20")];
    bench.log.add(publish([row({ at: "09:20", resultType: "0", steps })], "10:00"));
    await bench.run("10:05");
    expect(severities(bench)).toEqual(["High"]);
  });

  it("find an approval of the very moment of the only denial, and look at none before it", async () => {
    const bench = new Bench("09:30", publish(refusals("09:00", 1)), {
      rules: [{ ...explicitDeny, threshold: 1 }],
    });
    await bench.run("09:30");
    bench.log.add(approval(time("09:00") - 1, "10:00"));
    const before = bench.log.asked.length;
    await bench.run("10:05");
    const questions = bench.log.asked.slice(before).map(({ kind, by }) => `${kind} ${by}`);
    expect(questions).toEqual(["candidates ingested", "approvals ingested"]);
    bench.log.add(approval("09:00", "10:06"));
    await bench.run("10:10");
    expect(severities(bench)).toEqual(["High"]);
  });

  it("are for their own accounts, whatever rows the service gives", async () => {
    const bench = new Bench("09:30", publish(refusals("09:00", 5)));
    await bench.run("09:30");
    const nobody = { name: "", id: "" };
    const rows = [bob, nobody].map((user) =>
      row({ at: "09:20", user, resultType: "0", steps: [approved("09:20")] }),
    );
    const source = around(bench.log, ({ method, make }) =>
      method === "approvals"
        ? Promise.resolve({ kind: "whole", rows, servedAt: bench.now })
        : make(),
    );
    expect(await bench.run("10:05", { source })).toMatchObject({ updated: 0, reasons: {} });
    expect(severities(bench)).toEqual(["Medium"]);
  });

  it("cost the state nothing while they last", async () => {
    const bench = new Bench("09:30", publish(refusals("09:00", 5)));
    await bench.run("09:30");
    expect(bench.due()).toHaveLength(1);
    const calls: string[] = [];
    const store = around(bench.store, ({ method, make }) => {
      calls.push(method);
      return make();
    });
    await bench.run("10:05", { store });
    expect(calls).toEqual(["open", "saveProgress"]);
  });
});
