/** Floods: memory, state rows and requests of a run stay bounded, and nothing is lost. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectTable } from "../../src/state/table/tableConnection.ts";
import { TableState } from "../../src/state/table/tableState.ts";
import { startAzurite, type Azurite } from "../../standins/azurite.ts";
import { UpstreamError } from "../../src/run/upstreamError.ts";
import { bob, denialRow, time, type Person, type Row } from "../builders.ts";
import { certificate, connection, credential } from "../azure/wire.ts";
import { Bench, day, hour, minute, personNamed, refusals } from "../run/bench.ts";
import { publish } from "../run/fakeLog.ts";
import { extent, timeLimitMs } from "./extent.ts";
import { expectWithinLimits, measureWrites, type Sizes } from "./tableSizes.ts";

const megabytes = () => process.memoryUsage().heapUsed / 2 ** 20;

/** The peak of memory since the last look, beyond what was in use before. */
class Peak {
  readonly #before: number;
  most = 0;

  constructor() {
    globalThis.gc?.();
    this.#before = megabytes();
  }

  look(): void {
    this.most = Math.max(this.most, megabytes() - this.#before);
  }
}

function attacked(users: number): readonly Row[] {
  const apart = hour / users;
  return Array.from({ length: users }, (_, i) => personNamed(`user${i}`)).flatMap((user, i) =>
    refusals(time("09:00") + Math.floor(i * apart), 5, user),
  );
}

/** Runs on schedule until nothing is left to send. @returns what each of them sent */
async function runUntilSent(bench: Bench, more: Parameters<Bench["run"]>[1] = {}) {
  const sent: number[] = [];
  for (let at = bench.now; ; at += 5 * minute) {
    const summary = await bench.run(at, more);
    sent.push(summary.sent);
    if (summary.pending === 0) {
      return sent;
    }
    if (sent.length > 1_000) {
      throw new Error("it is never done");
    }
  }
}

describe("many users attacked in one hour", () => {
  const users = extent(400, 10_000, 1_000);

  it(
    "cost few queries and bounded memory, and no run exceeds the cap until all is sent",
    async () => {
      const bench = new Bench("10:30", publish(attacked(users)), { initialLookbackMs: 6 * hour });
      const peak = new Peak();
      bench.log.before = () => peak.look();
      bench.sink.before = () => peak.look();
      const startedAt = performance.now();
      const sent = await runUntilSent(bench);
      const took = Math.round(performance.now() - startedAt);
      expect(Math.max(...sent)).toBe(50);
      expect(sent).toHaveLength(users / 50);
      expect(bench.sink.delivered).toHaveLength(users);
      expect(new Set(bench.sink.delivered.map(({ id }) => id)).size).toBe(users);
      const everybody = bench.log.asked.filter(
        ({ by, kind }) => by === "generated" && kind === "candidates",
      );
      expect(everybody.length).toBeLessThanOrEqual(users / 100 + 10);
      console.log(`${users} users: ${took} ms, ${Math.round(peak.most)} MB more at most`);
      expect(peak.most).toBeLessThan(extent(150, 400));
    },
    timeLimitMs,
  );
});

describe("one user's denials without end", () => {
  const denials = extent(11_000, 100_000);

  it(
    "are one burst, read within bounds",
    async () => {
      const every = Math.floor((extent(3, 23) * hour) / denials);
      const rows = publish(refusals("00:00", denials, bob, every));
      const bench = new Bench(time("00:00") + 30 * hour, rows);
      bench.log.mostRows = 10_000;
      const peak = new Peak();
      bench.log.before = () => peak.look();
      const startedAt = performance.now();
      await bench.run(bench.now, { initialLookbackMs: 40 * hour });
      const took = Math.round(performance.now() - startedAt);
      const read = bench.log.asked.reduce(
        (sum, { rows: found }) => sum + Math.min(found, 10_001),
        0,
      );
      console.log(
        `${denials} denials: ${took} ms, ${bench.log.asked.length} queries, ${read} rows, ${Math.round(peak.most)} MB more at most`,
      );
      const live = bench.records().filter(({ mergedInto }) => mergedInto === null);
      expect(live).toHaveLength(1);
      const last = time("00:00") + (denials - 1) * every;
      expect(live[0]?.extent).toEqual({ from: time("00:00"), to: last });
      expect(live[0]?.facts.atLeast).toBe(true);
      expect(peak.most).toBeLessThan(extent(150, 300));
    },
    timeLimitMs,
  );
});

describe("a sink that fails for all of very many", () => {
  it("is tried for as many in a run as a run may send, and others behind a failing one get their turn", async () => {
    const bench = new Bench("10:30", publish(attacked(300)), { initialLookbackMs: 6 * hour });
    let tries = 0;
    bench.sink.before = () => {
      tries++;
      throw new UpstreamError("sink", "503", true);
    };
    const most: number[] = [];
    const seen = new Set<string>();
    const failing = bench.sink.before;
    bench.sink.before = (id) => {
      seen.add(id);
      failing(id);
    };
    for (let run = 0; run < 12; run++) {
      tries = 0;
      await bench.run(time("10:30") + run * 5 * minute);
      most.push(tries);
    }
    expect(Math.max(...most)).toBeLessThanOrEqual(50);
    expect(seen.size).toBe(300);
    bench.sink.before = () => {};
    const sent = await runUntilSent(bench);
    expect(Math.max(...sent)).toBe(50);
    expect(bench.sink.delivered).toHaveLength(300);
  });
});

describe("in Table Storage", () => {
  let azurite: Azurite;
  beforeAll(async () => {
    azurite = await startAzurite(certificate);
  }, 60_000);
  afterAll(() => azurite.stop());

  function newState(): { readonly store: () => TableState; readonly sizes: Sizes } {
    const table = `flood${randomUUID().replaceAll("-", "")}`;
    const client = connectTable(azurite, table, () => credential(), {
      ...connection,
      timeoutMs: 60_000,
    });
    return { store: () => new TableState(client, "workspace"), sizes: measureWrites(client) };
  }

  it(
    "many users attacked in one hour: no run exceeds the cap, and all is sent once",
    async () => {
      const users = extent(30, 500, 60);
      const { store, sizes } = newState();
      const bench = new Bench("10:30", publish(attacked(users)), { initialLookbackMs: 6 * hour });
      const sent: number[] = [];
      for (let at = bench.now; sent.at(-1) !== 0; at += 5 * minute) {
        sent.push((await bench.run(at, { store: store(), maxIncidentsPerRun: 25 })).sent);
      }
      expect(Math.max(...sent)).toBe(25);
      expect(bench.sink.delivered).toHaveLength(users);
      expect(new Set(bench.sink.delivered.map(({ id }) => id)).size).toBe(users);
      expectWithinLimits(sizes);
    },
    timeLimitMs,
  );

  /** The longest text of a log column, in the largest characters. */
  const long = (text: string) => `${text}${"漢🔐\u0007".repeat(8_000)}`;

  /** Denials with as much content as possible, each different. */
  function wordy(from: number, count: number, user: Person): readonly Row[] {
    return Array.from({ length: count }, (_, i) =>
      denialRow(from + i * 1_000, {
        user,
        address: `2001:db8::${(from / 60_000 + i).toString(16).slice(-4)}:${i}`,
        fields: {
          UserAgent: long(`agent ${i} `),
          AppDisplayName: long(`app ${i} `),
          Location: long(`place ${i} `),
        },
      }),
    );
  }

  it(
    "very many bursts of one user that come at once, with the longest names and texts",
    async () => {
      const { store, sizes } = newState();
      const user = { name: `${"漢".repeat(1_000)}@contoso.com`, id: long("id") };
      const bursts = extent(30, 200);
      const first = time("00:00");
      const rows = Array.from({ length: bursts }, (_, i) =>
        wordy(first + i * 17 * minute, 5, user),
      ).flat();
      const bench = new Bench(first + 3 * day, publish(rows, first + 60 * hour));
      await runUntilSent(bench, { store: store(), initialLookbackMs: 4 * day });
      expect(bench.sink.delivered).toHaveLength(bursts);
      expectWithinLimits(sizes);
      console.log(`${bursts} bursts at once: ${JSON.stringify(sizes)}`);
    },
    timeLimitMs,
  );

  it(
    "a user who has more and more bursts within the retention",
    async () => {
      const { store, sizes } = newState();
      const days = extent(2, 60);
      const bursts = days * 50;
      const first = time("00:00");
      const rows = Array.from({ length: bursts }, (_, i) =>
        refusals(first + i * 28 * minute, 5, bob),
      ).flat();
      const bench = new Bench(first + (days + 1) * day, publish(rows));
      await bench.run(bench.now, { store: store(), initialLookbackMs: (days + 2) * day });
      const { bursts: recorded } = await store().readHead(
        { rule: "explicit-mfa-deny", ...subjectOf(bench) },
        -Infinity,
      );
      expect(recorded).toHaveLength(bursts);
      expectWithinLimits(sizes);
      console.log(`${bursts} bursts of one user: ${JSON.stringify(sizes)}`);
    },
    timeLimitMs,
  );
});

function subjectOf(bench: Bench) {
  const [incident] = bench.sink.delivered;
  if (incident === undefined) {
    throw new Error("nothing was delivered");
  }
  const { workspaceId, tenantId, user } = incident.summary.subject;
  return { workspaceId, tenantId, user };
}
