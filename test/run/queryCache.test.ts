/** Runs that meet, over a log service that repeats its answers for two minutes. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { logAnalytics } from "../../src/logs/azure/logAnalytics.ts";
import { runDetection } from "../../src/run/runDetection.ts";
import { clouds } from "../../src/settings/clouds.ts";
import { startLogService, type LogService } from "../../standins/logService/startLogService.ts";
import { certificate, connection, credential } from "../azure/wire.ts";
import { denialRow, workspaceId } from "../builders.ts";
import { around } from "./around.ts";
import { Bench, never, refusals } from "./bench.ts";
import { momentOf, publish, type Moment } from "./fakeLog.ts";

/** Two refusals arrive late, from between the others, so that every run asks the same about the user. */
const rows = [
  ...publish(refusals("09:00", 5), "09:06"),
  ...publish([denialRow("09:01:30"), denialRow("09:02:30")], "09:20:10"),
];

let bench: Bench;
let service: LogService;
beforeEach(async () => {
  bench = new Bench("09:20", [], { ingestionSafetyMs: 30_000 });
  service = await startLogService({ certificate, clock: () => bench.now });
  service.publish(workspaceId, "SigninLogs", rows);
});
afterEach(() => service.stop());

function detector() {
  const options = {
    endpoint: service.endpoint,
    audience: clouds.public.logAnalytics.audience,
    credential: credential(),
  };
  const source = logAnalytics({ ...options, connection })(workspaceId);
  return bench.detector({ source, sinks: [bench.serviceSink()] });
}

/** A run that waits before its first record of a finding. */
function startRun(at: Moment) {
  bench.now = momentOf(at);
  const [reached, mayGo] = [gate(), gate()];
  const store = around(bench.store, async ({ method, args: [change], make }) => {
    if (method === "write" && change !== null && typeof change === "object" && "head" in change) {
      reached.open();
      await mayGo.opened;
    }
    return make();
  });
  const ended = runDetection({ ...detector(), store }, never);
  return { waits: reached.opened, go: mayGo.open, ended };
}

function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

test.each(["the first", "the second"])(
  "where %s of two runs records first, the incident counts every refusal",
  async (winner) => {
    const first = startRun("09:20");
    await first.waits;
    const second = startRun("09:21");
    await second.waits;
    const order = winner === "the first" ? [first, second] : [second, first];
    for (const run of order) {
      run.go();
      await run.ended;
    }
    for (const at of ["09:25", "09:30", "09:35"]) {
      bench.now = momentOf(at);
      await runDetection(detector(), never);
    }
    const [id = "", ...others] = bench.service.incidents.keys();
    expect(others).toEqual([]);
    expect(bench.service.held(id).properties.description).toContain("refused **7 MFA prompts**");
    expect(bench.records().map(({ facts }) => facts.denials)).toEqual([7]);
  },
);
