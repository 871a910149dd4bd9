import { describe, expect, it } from "vitest";
import type { Incident, IncidentSink } from "../../src/run/ports.ts";
import { denialRow } from "../builders.ts";
import { Bench, refusals } from "./bench.ts";
import { publish } from "./fakeLog.ts";

/** Writes down what it is sent, and fails while it is told to. */
class NamedSink implements IncidentSink {
  readonly name: string;
  readonly got: string[] = [];
  fails = false;

  constructor(name: string) {
    this.name = name;
  }

  async deliver({ revision, sentRevision }: Incident): Promise<void> {
    this.#take(`${sentRevision} → ${revision}`);
  }

  async noteMerge(): Promise<void> {
    this.#take("merged");
  }

  #take(what: string): void {
    if (this.fails) {
      throw new Error(`${this.name} is away`);
    }
    this.got.push(what);
  }
}

function start() {
  const [sentinel, logs] = [new NamedSink("sentinel"), new NamedSink("logs")];
  const bench = new Bench("09:30", publish(refusals("09:00", 5)), { sinks: [sentinel, logs] });
  const grow = (at: string, published: string) =>
    bench.log.add(publish([denialRow(at)], published));
  return { bench, sentinel, logs, grow };
}

describe("two sinks", () => {
  it("get everything, each once", async () => {
    const { bench, sentinel, logs, grow } = start();
    await bench.run("09:30");
    grow("09:10", "09:31");
    await bench.run("09:40");
    for (const { got } of [sentinel, logs]) {
      expect(got).toEqual(["0 → 1", "1 → 2"]);
    }
  });

  it.each(["sentinel", "logs"] as const)(
    "do not wait for each other: what fails in %s is neither missing nor repeated in the other",
    async (name) => {
      const { bench, ...sinks } = start();
      const [failing, other] = [sinks[name], sinks[name === "logs" ? "sentinel" : "logs"]];
      failing.fails = true;
      expect(await bench.run("09:30")).toMatchObject({ sent: 0, failed: 1, pending: 1 });
      expect([failing.got, other.got]).toEqual([[], ["0 → 1"]]);
      await bench.run("09:40");
      expect(other.got).toEqual(["0 → 1"]);
      failing.fails = false;
      await bench.run("10:00");
      for (const { got } of [failing, other]) {
        expect(got).toEqual(["0 → 1"]);
      }
    },
  );

  it("know each how far it got, so that a growth is an opening to one of them only", async () => {
    const { bench, sentinel, logs, grow } = start();
    logs.fails = true;
    await bench.run("09:30");
    grow("09:10", "09:31");
    await bench.run("09:40");
    expect(sentinel.got).toEqual(["0 → 1", "1 → 2"]);
    logs.fails = false;
    await bench.run("10:30");
    expect(logs.got).toEqual(["0 → 2"]);
    expect(sentinel.got).toEqual(["0 → 1", "1 → 2"]);
  });

  it("each get a merge once, even if one of them fails", async () => {
    const [sentinel, logs] = [new NamedSink("sentinel"), new NamedSink("logs")];
    const bench = new Bench(
      "09:30",
      publish([...refusals("09:00", 5), ...refusals("09:19:30", 5)]),
      { sinks: [sentinel, logs] },
    );
    await bench.run("09:40");
    bench.log.add(publish([denialRow("09:12")], "09:41"));
    logs.fails = true;
    await bench.run("09:45");
    logs.fails = false;
    await bench.run("10:30");
    await bench.run("10:35");
    const merges = (sink: NamedSink) => sink.got.filter((what) => what === "merged").length;
    expect([merges(sentinel), merges(logs)]).toEqual([1, 1]);
    expect(sentinel.got.toSorted()).toEqual(logs.got.toSorted());
  });

  it("including a new one get later findings, the new one as an opening", async () => {
    const { bench, sentinel, logs, grow } = start();
    await bench.run("09:30", { sinks: [sentinel] });
    grow("09:10", "09:31");
    await bench.run("09:40");
    expect([sentinel.got, logs.got]).toEqual([["0 → 1", "1 → 2"], ["0 → 2"]]);
  });
});
