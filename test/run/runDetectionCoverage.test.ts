import { describe, expect, it } from "vitest";
import { denialRow, row, time } from "../builders.ts";
import { Bench, minute, refusals } from "./bench.ts";
import { publish } from "./fakeLog.ts";

const silent = (from: string, count: number, status?: string) =>
  Array.from({ length: count }, (_, index) =>
    row({ at: time(from) + index * 1_000, ...(status === undefined ? {} : { status }) }),
  );
const warnings = ({ lines }: Bench) =>
  lines.filter(({ event }) => event === "MFA failures lack reasons");

describe("what a run could see", () => {
  it("is in its summary, over the last day of runs, and stored with the watermark", async () => {
    const rows = [...refusals("09:00", 5), ...silent("09:20", 2), ...silent("11:00", 4)];
    const bench = new Bench("10:00", publish(rows));
    expect((await bench.run("10:00")).coverage).toMatchObject({
      verdict: "complete",
      rows: 7,
      mfaFailures: 7,
      withReason: 5,
      withReasonPercent: 71,
      newestRow: "2026-03-10T09:20:01.000Z",
    });
    expect((await bench.run("12:00")).coverage).toMatchObject({
      verdict: "partial",
      rows: 11,
      withReason: 5,
    });
    expect((await bench.store.readProgress())?.coverage).toMatchObject({ version: 1 });
  });

  it("is no verdict if nothing was read", async () => {
    const bench = new Bench("10:00", []);
    expect((await bench.run("10:00")).coverage).toMatchObject({ verdict: null, rows: 0 });
  });

  it("is counted once, when a run failed and the next one reads the same again", async () => {
    const bench = new Bench("09:00", publish(refusals("09:00", 5)));
    await bench.run("09:00");
    let calls = 0;
    bench.log.before = () => {
      if (++calls === 2) {
        throw new Error("the log is away");
      }
    };
    await expect(bench.run("09:30")).rejects.toThrow("the log is away");
    bench.log.before = () => {};
    expect((await bench.run("09:35")).coverage).toMatchObject({ rows: 5, mfaFailures: 5 });
  });

  it("starts over if the state is from a version without one", async () => {
    const bench = new Bench("10:00", publish([denialRow("09:30")]));
    await bench.store.saveProgress({
      publishedTo: time("09:00"),
      lastRunAt: time("09:02"),
      lastSuccessAt: time("09:02"),
      lastError: null,
      pending: 0,
    });
    expect((await bench.run("10:00")).coverage.mfaFailures).toBe(1);
  });

  it("is warned of once when no failure says why any more, with counts and no row", async () => {
    const bench = new Bench(
      "10:00",
      publish(silent("09:30", 25, "Quelque chose de alice@contoso.com")),
    );
    const { coverage } = await bench.run("10:00");
    await bench.run("10:05");
    expect(coverage.verdict).toBe("blind");
    expect(warnings(bench)).toMatchObject([
      { level: "warn", fields: { mfaFailures: 25, withReason: 0 } },
    ]);
    expect(coverage.unknownTexts).toEqual([{ text: "…", count: 25 }]);
    expect(JSON.stringify([bench.lines, await bench.store.readProgress()])).not.toContain("alice");
  });

  it("is not warned of while failures say why", async () => {
    const bench = new Bench("10:00", publish(refusals("09:00", 25)), {});
    bench.now += minute;
    await bench.run("10:30");
    expect(warnings(bench)).toEqual([]);
  });
});
