import { unplaced } from "../../src/run/signInFiles.ts";
import { describe, expect, it } from "vitest";

import { endPart, planParts } from "../../src/run/backfill.ts";
import type { BackfillRequest } from "../../src/run/backfillJob.ts";
import { wholly } from "../../src/run/extract.ts";
import { noLabels } from "../../src/run/incidentLabels.ts";
import { triedGrid } from "../../src/run/triedGrid.ts";
import { toTunedHistory } from "../../src/run/tunedSettings.ts";
import { tunePart } from "../../src/run/tuneHistory.ts";
import { tuneRecords } from "../../src/run/tuneRecords.ts";
import { UpstreamError } from "../../src/run/upstreamError.ts";
import { MemoryStore } from "../../src/state/memoryStore.ts";
import { approved, bob, row, time } from "../builders.ts";
import { MemoryLedger } from "../laws/runs.ts";
import { Bench, day, denyThenApprove, explicitDeny, never, refusals } from "./bench.ts";
import { publish } from "./fakeLog.ts";

const approval = row({ at: "09:20", resultType: "0", steps: [approved("09:20")] });
const rows = [...refusals("09:00", 6), approval, ...refusals("11:00", 3, bob)];
const rules = [explicitDeny, denyThenApprove];
const request: BackfillRequest = {
  from: time("08:00") - 3 * day,
  to: time("12:00"),
  rules: rules.map(({ id }) => id),
  workspaces: ["default"],
  dryRun: true,
  tune: "explicit-mfa-deny",
};

async function begun(asked = request) {
  const bench = new Bench(time("12:00") + 5 * day, publish(rows));
  const job = await bench.jobs.begin(asked, planParts(asked, bench.now));
  const step = { ...job, workspace: "default" };
  const tune = (signal = never) => tunePart(bench.detector({ rules }), bench.jobs, step, signal);
  return { bench, tune, id: job.id, part: () => bench.jobs.partOf(job.id) };
}

describe("tuning on the history of a workspace", () => {
  it("says of every setting what the command line says of the same rows without context", async () => {
    async function* entries() {
      yield rows.map(unplaced);
    }
    for (const tried of rules) {
      const { tune, part } = await begun({ ...request, tune: tried.id });
      await tune();
      const report = await tuneRecords(
        wholly(entries()),
        { store: new MemoryStore(), ledger: new MemoryLedger() },
        {
          rule: tried,
          current: rules,
          grid: triedGrid,
          labels: noLabels,
          context: false,
          asOf: null,
          onBad: () => {},
        },
      );
      const { span: _, ...expected } = toTunedHistory(tried, report);
      expect(part()).toMatchObject({ state: "done", tuned: expected });
      expect(part().tuned?.cells).toHaveLength(360);
      expect(part().tuned?.cells.filter(({ findings }) => findings > 0).length).toBeGreaterThan(5);
    }
  });

  it("counts as in use only what is, and tries a rule that is not", async () => {
    const { tune, part } = await begun({ ...request, rules: ["mfa-deny-then-approve"] });
    await tune();
    // The rule that is tried would find alice, too, with an incident of the same family.
    expect(part().tuned).toMatchObject({ rule: "explicit-mfa-deny", current: { findings: 1 } });
    const none = await begun({ ...request, rules: [] });
    await none.tune();
    expect(none.part().tuned).toMatchObject({ current: { findings: 0 } });
  });

  it("finds the approval that a finding needs", async () => {
    const { tune, part } = await begun({ ...request, tune: "mfa-deny-then-approve" });
    await tune();
    const cell = part().tuned?.cells.find(
      ({ kind, window, threshold }) => kind === "sliding" && window === "1h" && threshold === 2,
    );
    expect(cell).toMatchObject({ findings: 1, approved: 1 });
  });

  it("opens nothing and records no burst, and its result names nobody", async () => {
    const { bench, tune, part } = await begun();
    await tune();
    expect(bench.records()).toEqual([]);
    expect(bench.due()).toEqual([]);
    const text = JSON.stringify([part(), bench.lines]);
    for (const secret of ["alice", "bob", "contoso", "203.0.113"]) {
      expect(text).not.toContain(secret);
    }
  });

  it("shows how far it has come, and ends with all slices", async () => {
    const { bench, tune, part } = await begun();
    const seen: number[] = [];
    bench.log.before = () => {
      seen.push(part().slicesDone);
    };
    await tune();
    expect(seen.slice(0, 4)).toEqual([0, 1, 2, 3]);
    expect(part()).toMatchObject({ state: "done", counts: { rows: 9, denials: 9, opened: 0 } });
    expect(part().slicesDone).toBe(part().slices);
    expect(bench.lines).toMatchObject([{ event: "tune step", fields: { workspace: "default" } }]);
    // It is finished, so nothing is read again.
    const { length } = bench.log.asked;
    await tune();
    expect(bench.log.asked).toHaveLength(length);
  });

  it("asks again in halves for a day that does not fit into an answer", async () => {
    const { bench, tune, part } = await begun();
    bench.log.mostRows = 2;
    await tune();
    expect(part()).toMatchObject({ state: "done", counts: { rows: 9, denials: 9 } });
  });

  it("stops at its next slice where somebody cancels it", async () => {
    const { bench, tune, id, part } = await begun();
    bench.log.before = async () => {
      await endPart(bench.jobs, id, "default", "cancelled");
    };
    await tune();
    expect(part().state).toBe("cancelled");
    expect(part().tuned).toBeUndefined();
    expect(bench.log.asked).toHaveLength(1);
  });

  it("fails with what to do where its time ends", async () => {
    const { bench, tune, part } = await begun();
    const ending = new AbortController();
    bench.log.before = () => ending.abort();
    await tune(ending.signal);
    expect(part()).toMatchObject({
      state: "failed",
      errors: ["the history takes too long; ask for a shorter range"],
    });
  });

  it("fails where the workspace has no such rule", async () => {
    const { tune, part } = await begun({ ...request, tune: "other" });
    await tune();
    expect(part()).toMatchObject({ state: "failed", errors: ["the workspace has no such rule"] });
  });

  it("passes a failure of the service on, and records it unless the service is only busy", async () => {
    const { bench, tune, part } = await begun();
    const fail = (isBusy: boolean) => {
      bench.log.before = () => {
        throw new UpstreamError("Log Analytics", "no", true, { isBusy });
      };
      return tune();
    };
    await expect(fail(true)).rejects.toThrow("Log Analytics: no");
    expect(part()).toMatchObject({ state: "running", errors: [] });
    await expect(fail(false)).rejects.toThrow("Log Analytics: no");
    expect(part().errors).toEqual([expect.stringContaining("Log Analytics: no")]);
    bench.log.before = () => {};
    await tune();
    expect(part().state).toBe("done");
  });
});
