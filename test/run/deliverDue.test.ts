import { shownName } from "../../src/detection/signin/account.ts";
import { describe, expect, it } from "vitest";
import { decideAccounts } from "../../src/run/decideAccounts.ts";
import { deliverClaimed } from "../../src/run/deliverDue.ts";
import type { Detector } from "../../src/run/detector.ts";
import type { SubjectRecord, StateChange } from "../../src/run/ports.ts";
import { claimLength, newSendBudget } from "../../src/run/sendBudget.ts";
import type { Activity } from "../../src/run/newActivity.ts";
import { noTotals } from "../../src/run/runTotals.ts";
import { bob, denialRow, tenantId, time } from "../builders.ts";
import { around } from "./around.ts";
import {
  Bench,
  explicitDeny,
  forgetful,
  minute,
  never,
  personNamed,
  refusals,
  userOf,
} from "./bench.ts";
import { publish } from "./fakeLog.ts";

const names = (count: number) => Array.from({ length: count }, (_, i) => `user${10 + i}`);

/** Five refusals of each at nine. */
const bursts = (...users: readonly string[]) =>
  publish(users.flatMap((name) => refusals("09:00", 5, personNamed(name))));

const waiting = (bench: Bench) =>
  bench
    .due()
    .flatMap(({ incident }) => (incident === null ? [] : [userOf(incident.text.title)]))
    .toSorted();

const claimsOf = ({ deliveries }: SubjectRecord) =>
  Object.values(deliveries).map(({ claim }) => claim);

/** Whether a call of the state ends a claim. */
function settles(args: readonly unknown[]): boolean {
  const [change] = args as readonly [StateChange?];
  return change?.head !== undefined && claimsOf(change.head).includes(null);
}

/** As if other runs had written the same again. */
async function rewriteHeads({ store }: Bench): Promise<void> {
  for (const head of store.snapshot().heads) {
    await store.write({ head });
  }
}

function touchedAt(name: string): Activity {
  const account = { tenantId, user: personNamed(name).name };
  return { account, span: { from: time("09:00"), to: time("09:04") } };
}

/** What is waited for until somebody opens it. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

describe("the cap", () => {
  it("limits what a run sends; the next runs send the rest", async () => {
    const bench = new Bench("09:30", bursts(...names(7)), { maxIncidentsPerRun: 3 });
    const first = await bench.run("09:30");
    expect(first).toMatchObject({ opened: 7, due: 7, sent: 3, pending: 4 });
    expect(waiting(bench)).toHaveLength(4);
    expect(await bench.run("09:35")).toMatchObject({ opened: 0, sent: 3, pending: 1 });
    expect(await bench.run("09:40")).toMatchObject({ sent: 1, pending: 0 });
    expect(bench.sink.titles().toSorted()).toEqual(names(7).map((name) => `${name} 1`));
  });

  it("prefers the oldest items, before new ones", async () => {
    const bench = new Bench("09:30", bursts("anna", "bert", "cleo"), { maxIncidentsPerRun: 1 });
    await bench.run("09:30");
    const [sent] = bench.sink.titles();
    bench.log.add(publish(refusals("09:31", 5, personNamed("new"))));
    const order = [];
    for (const at of ["09:45", "09:50", "09:55", "10:00"]) {
      await bench.run(at);
      order.push(bench.sink.titles().at(-1));
    }
    expect(order.at(-2)).toBe("new 1");
    expect(new Set([sent, ...order.slice(0, 2)])).toEqual(new Set(["anna 1", "bert 1", "cleo 1"]));
    expect(bench.sink.delivered).toHaveLength(4);
  });

  it("is not eaten by one that fails, which is put off further each time", async () => {
    const bench = new Bench("09:30", bursts("anna", "bert", "cleo", "dora"), {
      maxIncidentsPerRun: 2,
    });
    bench.sink.before = (id) => {
      const item = bench.due().find(({ burstId }) => burstId === id);
      const name = item && shownName(item.subject);
      if (name === "anna@contoso.com") {
        throw new Error("400 bad request");
      }
    };
    await bench.run("09:30");
    const tried: string[] = [];
    for (let at = time("09:31"); at < time("12:00"); at += minute) {
      const { failed } = await bench.run(at);
      if (failed > 0) {
        tried.push(new Date(at).toISOString().slice(11, 16));
      }
    }
    // 5, 10, 20, 40 and then 60 minutes after another.
    expect(tried).toEqual(["09:35", "09:45", "10:05", "10:45", "11:45"]);
    expect(bench.sink.titles().toSorted()).toEqual(["bert 1", "cleo 1", "dora 1"]);
    expect(waiting(bench)).toEqual(["anna"]);
  });

  it("is left whole for the others by one that fails", async () => {
    const bench = new Bench("09:30", bursts("anna", "bert"), { maxIncidentsPerRun: 0 });
    await bench.run("09:30");
    const [first] = bench.due();
    bench.sink.before = (id) => {
      if (id === first?.burstId) {
        throw new Error("400 bad request");
      }
    };
    const summary = await bench.run("09:40", { maxIncidentsPerRun: 1 });
    expect(summary).toMatchObject({ failed: 1, sent: 1 });
    expect(waiting(bench)).toEqual([userOf(first?.incident?.text.title ?? "")]);
  });

  it("is a live run's first: what a backfill found comes behind", async () => {
    const bench = new Bench("09:30", bursts("anna", "bert"), { maxIncidentsPerRun: 1 });
    bench.now = time("09:30");
    await bench.run("09:30", { maxIncidentsPerRun: 0, rules: [] });
    await bench.backfill({ from: "08:00", to: "09:20" }, { maxIncidentsPerRun: 0 });
    expect(waiting(bench)).toEqual(["anna", "bert"]);
    bench.log.add(publish(refusals("09:31", 5, personNamed("live"))));
    // The live one is recorded in a run that may send nothing, so it is due later than the other two.
    await bench.run("09:40", { maxIncidentsPerRun: 0 });
    await bench.run("09:45");
    expect(bench.sink.titles()).toEqual(["live 1"]);
    await bench.run("09:50");
    await bench.run("09:55");
    expect(bench.sink.titles().slice(1).toSorted()).toEqual(["anna 1", "bert 1"]);
  });

  it("lets growth of what was sent before through with what is live, whoever found it", async () => {
    const bench = new Bench("09:30", bursts("anna"));
    await bench.run("09:30");
    bench.log.add([
      ...publish([denialRow("09:10", { user: personNamed("anna") })], "09:31"),
      ...publish(refusals("09:00", 5, personNamed("bert")), "09:31"),
    ]);
    bench.now = time("09:35");
    await bench.backfill({ from: "08:00", to: "09:20" }, { maxIncidentsPerRun: 0 });
    const lanes = bench.due().map(({ subject, lane }) => [shownName(subject), lane] as const);
    expect(Object.fromEntries(lanes)).toEqual({
      "anna@contoso.com": "live",
      "bert@contoso.com": "backfill",
    });
  });

  it("of a backfill is its own", async () => {
    const bench = new Bench("09:30", bursts(...names(5)), { maxIncidentsPerRun: 2 });
    const part = await bench.backfill({ from: "08:00", to: "09:20" });
    expect(part.counts).toMatchObject({ opened: 5 });
    expect(bench.sink.delivered).toHaveLength(2);
    expect(waiting(bench)).toHaveLength(3);
  });
});

describe("a sink that is away", () => {
  /** A state in which so many wait, and a sink that takes none of them. */
  async function away(count: number) {
    const bench = new Bench("09:30", bursts(...names(count)), { maxIncidentsPerRun: 0 });
    await bench.run("09:30");
    bench.sink.before = () => {
      throw new Error("Sentinel is away");
    };
    return bench;
  }

  it.each([
    [1, 10],
    [10, 10],
    [12, 12],
  ])("is asked for no more than ten, or the cap: a cap of %i", async (cap, failed) => {
    const bench = await away(15);
    const summary = await bench.run("09:35", { maxIncidentsPerRun: cap });
    expect(summary).toMatchObject({ failed, sent: 0, pending: 15 });
  });

  it("may say what is wrong in any form", async () => {
    const bench = await away(1);
    bench.sink.before = () => {
      // oxlint-disable-next-line typescript/only-throw-error -- a library may
      throw "all went wrong";
    };
    const { errors } = await bench.run("09:35", { maxIncidentsPerRun: 1 });
    expect(errors).toEqual(["all went wrong"]);
    const incident = bench.due()[0]?.burstId;
    expect(bench.lines).toContainEqual({
      level: "error",
      event: "incident not written",
      fields: { incident, sink: "fake", problem: "all went wrong" },
    });
  });
});

describe("the time for sending", () => {
  it.each([
    ["what is new", 50],
    ["what was left", 0],
  ])("is two minutes of a run, for %s", async (_, cap) => {
    const bench = new Bench("09:30", bursts(...names(4)), { maxIncidentsPerRun: cap });
    bench.sink.before = () => {
      bench.now += minute;
    };
    let summary = await bench.run("09:30");
    if (cap === 0) {
      summary = await bench.run("09:35", { maxIncidentsPerRun: 50, rules: [] });
    }
    expect(summary).toMatchObject({ sent: 2, pending: 2 });
  });
});

describe("a claim", () => {
  /** As if another run was sending: claimed at 09:30 for five minutes, and never settled. */
  async function claimed() {
    const bench = new Bench("09:30", bursts("anna"));
    const store = around(bench.store, ({ args, make }) =>
      settles(args) ? Promise.reject(new Error("killed")) : make(),
    );
    await expect(bench.run("09:30", { store })).rejects.toThrow("killed");
    expect(bench.sink.titles()).toEqual(["anna 1"]);
    return bench;
  }

  it("of another run that has not ended is respected", async () => {
    const bench = await claimed();
    expect(await bench.run("09:33")).toMatchObject({ sent: 0, pending: 1 });
    expect(await bench.run("09:34:59")).toMatchObject({ sent: 0, pending: 1 });
    expect(bench.sink.titles()).toEqual(["anna 1"]);
  });

  it("that has ended is taken over, and a sink that is asked again has it once", async () => {
    const bench = await claimed();
    expect(await bench.run("09:35")).toMatchObject({ sent: 1, pending: 0 });
    expect(bench.sink.titles()).toEqual(["anna 1", "anna 1"]);
    expect(waiting(bench)).toEqual([]);
    expect(new Set(bench.sink.delivered.map(({ id }) => id)).size).toBe(1);
  });

  it("keeps growth that is found meanwhile for a later run, which sends the newest", async () => {
    const bench = await claimed();
    bench.log.add(publish([denialRow("09:10", { user: personNamed("anna") })], "09:31"));
    expect(await bench.run("09:34")).toMatchObject({
      updated: 1,
      sent: 0,
      pending: expect.any(Number),
    });
    await bench.run("09:40");
    expect(bench.sink.titles()).toEqual(["anna 1", "anna 2"]);
    expect(waiting(bench)).toEqual([]);
  });

  it("ends to the moment for growth as well", async () => {
    for (const [at, titles] of [
      [time("09:35") - 1, ["anna 1"]],
      [time("09:35"), ["anna 1", "anna 2"]],
    ] as const) {
      const bench = await claimed();
      bench.log.add(publish([denialRow("09:10", { user: personNamed("anna") })], "09:31"));
      bench.now = at;
      await bench.backfill({ from: "08:00", to: "09:20" });
      expect(bench.sink.titles()).toEqual(titles);
    }
  });

  it("is not laid on what a run has no time to send, so that the next one may", async () => {
    const later = publish(refusals("16:00", 5, personNamed("bert")));
    const bench = new Bench("08:00", [...bursts("anna"), ...later]);
    await bench.run("08:00");
    bench.sink.before = () => {
      bench.now += 2 * minute;
    };
    expect(await bench.run("16:30")).toMatchObject({ opened: 2, sent: 1, pending: 1 });
    await bench.run("16:33");
    expect(bench.sink.titles()).toEqual(["anna 1", "bert 1"]);
  });

  it("with no more than a minute left is renewed before anything is sent under it", async () => {
    for (const [left, renewed] of [
      [minute, claimLength],
      [minute + 1, minute + 1],
    ] as const) {
      const bench = new Bench("09:30", bursts("anna"));
      const detector = bench.detector();
      const sending = { ...newSendBudget(detector, "live"), claimUntil: bench.now + left };
      const { claimed: items } = await decideAccounts(
        detector,
        [touchedAt("anna")],
        sending,
        never,
      );
      let lasts = 0;
      bench.sink.before = () => {
        const [claim] = bench.store.snapshot().heads.flatMap(claimsOf);
        expect(claim?.owner).toBe(sending.owner);
        lasts = (claim?.until ?? 0) - bench.now;
      };
      await deliverClaimed(detector, items, sending, noTotals());
      expect([left, lasts]).toEqual([left, renewed]);
    }
  });

  it("that another run was faster with costs no place under the cap", async () => {
    const bench = new Bench("09:30", bursts("anna", "bert"), { maxIncidentsPerRun: 0 });
    await bench.run("09:30");
    let reads = 0;
    const store = around(forgetful(bench.store), async ({ method, make }) => {
      const answer = await make();
      if (method === "readHead" && reads++ === 0) {
        await rewriteHeads(bench);
      }
      return answer;
    });
    const summary = await bench.run("09:35", { store, maxIncidentsPerRun: 1, rules: [] });
    expect(summary).toMatchObject({ sent: 1, failed: 0, pending: 1 });
    await bench.run("09:40", { maxIncidentsPerRun: 1, rules: [] });
    expect(bench.sink.titles().toSorted()).toEqual(["anna 1", "bert 1"]);
  });
});

describe("while an incident is sent", () => {
  const anna = personNamed("anna");
  const growth = publish([denialRow("09:10", { user: anna })], "09:29");

  /** A run at 09:30 that sends anna's burst, and what happens before the sink takes it. */
  function run(bench: Bench, happens: () => Promise<unknown>, more: Partial<Detector> = {}) {
    let calls = 0;
    const sink = around(bench.sink, async ({ make }) => {
      if (calls++ === 0) {
        await happens();
      }
      return make();
    });
    return bench.run("09:30", { ...more, sinks: [sink] });
  }

  const lastDelivery = (bench: Bench) =>
    bench.store
      .snapshot()
      .heads.flatMap(({ deliveries }) => Object.values(deliveries))
      .map(({ sent, claim }) => ({ sent, claim }))
      .at(-1);

  it("what it grew by meanwhile stays due", async () => {
    const bench = new Bench("08:30", publish(refusals("08:00", 5, anna)));
    await bench.run("08:30");
    bench.log.add(bursts("anna"));
    const grow = () => {
      bench.log.add(growth);
      return bench.backfill({ from: "08:30", to: "09:20" }, { maxIncidentsPerRun: 0 });
    };
    await run(bench, grow, { store: forgetful(bench.store) });
    expect(bench.records()).toMatchObject([{ revision: 1 }, { revision: 2 }]);
    expect(lastDelivery(bench)).toEqual({ sent: { fake: 1 }, claim: null });
    expect(waiting(bench)).toEqual(["anna"]);
    await bench.run("09:40");
    expect(bench.sink.titles()).toEqual(["anna 1", "anna 1", "anna 2"]);
  });

  it("a run that takes over an expired claim can complete it, and the result is kept", async () => {
    const bench = new Bench("09:30", bursts("anna"));
    await run(bench, () => {
      bench.log.add(growth);
      return bench.run("09:36");
    });
    expect(lastDelivery(bench)).toEqual({ sent: { fake: 2 }, claim: null });
    expect(waiting(bench)).toEqual([]);
  });

  it("a run that takes over after its claim keeps its own", async () => {
    const bench = new Bench("09:30", bursts("anna"));
    const [begun, ended] = [gate(), gate()];
    let other = Promise.resolve<unknown>(null);
    const slow = around(bench.sink, async ({ make }) => {
      begun.open();
      await ended.opened;
      return make();
    });
    await run(bench, () => {
      other = bench.run("09:36", { sinks: [slow] });
      return begun.opened;
    });
    expect(lastDelivery(bench)?.claim?.until).toBe(time("09:41"));
    ended.open();
    await other;
    expect(lastDelivery(bench)).toEqual({ sent: { fake: 1 }, claim: null });
  });

  it("its record may be forgotten", async () => {
    const bench = new Bench("09:30", bursts("anna"));
    expect(await run(bench, () => bench.store.prune(Infinity))).toMatchObject({ sent: 1 });
    expect(waiting(bench)).toEqual([]);
  });

  it.each([
    [0, 1, true],
    [1, 2, true],
    [8, 9, true],
    [9, 9, false],
  ])(
    "its head may change: %i times, for which it is tried %i times",
    async (changes, tries, done) => {
      const bench = new Bench("09:30", bursts("anna"));
      let tried = 0;
      const store = around(bench.store, async ({ args, make }) => {
        if (settles(args) && tried++ < changes) {
          await rewriteHeads(bench);
        }
        return make();
      });
      await run(bench, async () => {}, { store });
      expect(tried).toBe(tries);
      expect(waiting(bench)).toEqual(done ? [] : ["anna"]);
      expect(lastDelivery(bench)?.claim === null).toBe(done);
    },
  );
});

describe("what was due when a run began", () => {
  it("keeps its place in the line and its failures when it grows meanwhile", async () => {
    const bench = new Bench("09:30", bursts("anna"));
    bench.sink.before = () => {
      throw new Error("down");
    };
    await bench.run("09:30");
    const [failed] = bench.due();
    expect(failed).toMatchObject({ attempts: 1, dueAt: time("09:35") });
    bench.sink.before = () => {};
    bench.log.add(publish([denialRow("09:10", { user: personNamed("anna") })], "09:31"));
    expect(await bench.run("09:34")).toMatchObject({ updated: 1, sent: 0 });
    expect(bench.due()).toMatchObject([
      { attempts: 1, dueAt: failed?.dueAt, incident: { revision: 2 } },
    ]);
    expect(await bench.run("09:36")).toMatchObject({ sent: 1, pending: 0 });
  });

  it("is not sent in its old form when another run has recorded more meanwhile", async () => {
    const bench = new Bench("09:30", bursts("anna"), { maxIncidentsPerRun: 0 });
    await bench.run("09:30");
    bench.log.add(publish([denialRow("09:10", { user: personNamed("anna") })], "09:31"));
    let opened = 0;
    const store = around(bench.store, async ({ method, make }) => {
      const answer = await make();
      if (method === "open" && opened++ === 0) {
        await bench.backfill({ from: "08:00", to: "09:20" });
      }
      return answer;
    });
    await bench.run("09:35", { store, maxIncidentsPerRun: 50, rules: [] });
    expect(bench.due()).toMatchObject([{ incident: { revision: 2 } }]);
    await bench.run("09:40", { maxIncidentsPerRun: 50 });
    expect(bench.sink.titles()).toEqual(["anna 2"]);
  });

  it("is not created when another run has merged it meanwhile", async () => {
    const bench = new Bench(
      "10:00",
      publish([...refusals("09:00", 5), ...refusals("09:19:30", 5)]),
      {
        maxIncidentsPerRun: 0,
      },
    );
    await bench.run("10:00");
    expect(waiting(bench)).toHaveLength(2);
    bench.log.add(publish([denialRow("09:12")], "10:01"));
    let opened = 0;
    const store = around(bench.store, async ({ method, make }) => {
      const answer = await make();
      if (method === "open" && opened++ === 0) {
        await bench.backfill({ from: "08:00", to: "09:30" });
      }
      return answer;
    });
    const sinks = [bench.serviceSink()];
    await bench.run("10:05", { store, sinks, maxIncidentsPerRun: 50, rules: [] });
    expect([...bench.service.incidents.keys()]).toEqual([]);
    await bench.run("10:10", { sinks, maxIncidentsPerRun: 50 });
    const [keeper] = bench.records();
    expect([...bench.service.incidents.keys()]).toEqual([keeper?.id]);
    expect(waiting(bench)).toEqual([]);
  });
});

describe("a merged incident", () => {
  it("gets its note when it was sent before, and keeps it at one", async () => {
    const rows = publish([...refusals("09:00", 5), ...refusals("09:19:30", 5)]);
    const bench = new Bench("10:00", rows);
    const sinks = [bench.serviceSink()];
    await bench.run("10:00", { sinks });
    bench.log.add(publish([denialRow("09:04:20")], "10:00"));
    await bench.run("10:03", { sinks });
    bench.log.add(publish([denialRow("09:12")], "10:02"));
    const { reasons } = await bench.run("10:05", { sinks });
    expect(reasons).toEqual({ merged: 2 });
    const [keeper, other] = bench.records();
    expect(other).toMatchObject({ mergedInto: keeper?.id, revision: 2 });
    expect(bench.store.snapshot().heads[0]?.deliveries).toEqual({
      [keeper?.id ?? ""]: expect.objectContaining({ sent: { service: 3 }, claim: null }),
      [other?.id ?? ""]: expect.objectContaining({ sent: { service: 2 }, claim: null }),
    });
    expect(bench.service.comments(other?.id)).toHaveLength(1);
    expect(bench.service.comments(other?.id)[0]).toContain(keeper?.id);
    await bench.run("10:10", { sinks });
    await bench.maintain("10:15", { sinks });
    expect(bench.service.comments(other?.id)).toHaveLength(1);
    expect(keeper?.facts.denials).toBe(12);
    // Approvals are watched for of the one that goes on.
    expect(bench.due().map(({ burstId }) => burstId)).toEqual([keeper?.id]);
  });
});

describe("several sinks", () => {
  it("do not block one another: only the one that failed is asked again", async () => {
    const bench = new Bench("09:30", bursts("anna"));
    const other = { name: "other", delivered: 0 };
    let isAway = true;
    const sinks = [
      {
        name: other.name,
        async deliver() {
          if (isAway) {
            throw new Error("away");
          }
          other.delivered++;
        },
        async noteMerge() {},
      },
      bench.sink,
    ];
    await bench.run("09:30", { sinks });
    expect(bench.sink.titles()).toEqual(["anna 1"]);
    isAway = false;
    await bench.run("09:40", { sinks });
    expect(other.delivered).toBe(1);
    expect(bench.sink.titles()).toEqual(["anna 1"]);
    expect(waiting(bench)).toEqual([]);
  });
});

describe("what is due", () => {
  it("for a burst that is not recorded any more is dropped", async () => {
    const bench = new Bench("09:30", publish(refusals("09:00", 5, bob)), { maxIncidentsPerRun: 0 });
    await bench.run("09:30");
    await bench.store.prune(Infinity);
    await bench.run("09:40", { maxIncidentsPerRun: 5, rules: [explicitDeny] });
    expect(bench.due()).toEqual([]);
    expect(bench.sink.delivered).toEqual([]);
  });

  it("for a merger that is not recorded is not sent", async () => {
    const bench = new Bench("09:30", bursts("anna"), { maxIncidentsPerRun: 0 });
    await bench.run("09:30");
    const put = bench.due().map((item) => ({ ...item, incident: null, mergedInto: "another" }));
    await bench.store.write({ put });
    await bench.run("09:40", { maxIncidentsPerRun: 5, rules: [] });
    expect(bench.sink.notes).toEqual([]);
    expect(bench.due()).toEqual(put);
  });
});
