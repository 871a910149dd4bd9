import { describe, expect, it } from "vitest";
import { alice, approved, row } from "../builders.ts";
import { excluding } from "../detection/builders.ts";
import { Bench, explicitDeny, refusals } from "./bench.ts";
import { publish } from "./fakeLog.ts";

const hiding = {
  ...explicitDeny,
  scope: excluding({ users: [alice.name] }, { reason: "a test account" }),
};

const approval = (at: string) => row({ at, resultType: "0", steps: [approved(at)] });

describe("a burst that an exclusion hides", () => {
  it("is counted, opens nothing, and says nothing where nothing came of it", async () => {
    const bench = new Bench("09:20", publish(refusals("09:00", 5)), { rules: [hiding] });
    const { excluded, denials, opened, counts } = await bench.run("09:20");
    expect({ excluded, denials, opened }).toEqual({
      excluded: { "explicit-mfa-deny exclude[0]": 5 },
      denials: 0,
      opened: 0,
    });
    expect(counts.setAside.excluded).toBe(5);
    expect(bench.records()).toEqual([]);
    expect(bench.lines.filter(({ level }) => level === "warn")).toEqual([]);
  });

  it("is told in the run in which an approval comes to light, however much later", async () => {
    const bench = new Bench("09:20", publish(refusals("09:00", 5)), { rules: [hiding] });
    await bench.run("09:20");
    bench.log.add(publish([approval("09:30")], "11:00"));
    const { notOpened, reasons } = await bench.run("11:10");
    expect({ notOpened, reasons }).toEqual({ notOpened: 1, reasons: { excluded: 1 } });
    const [line] = bench.lines.filter(({ level }) => level === "warn");
    expect(line).toMatchObject({
      event: "excluded burst ended badly",
      fields: { rule: "explicit-mfa-deny", reasons: ["a test account"], denials: 5 },
    });
    // No text of the log, and no name.
    expect(JSON.stringify(bench.lines)).not.toContain(alice.name);
    expect(bench.sink.delivered).toEqual([]);
  });
});
