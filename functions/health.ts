import { app } from "@azure/functions";
import { readHistory, recentCoverage } from "../src/run/coverageHistory.ts";
import { judgeHealth, type Fault } from "../src/run/judgeHealth.ts";
import { withRules } from "../src/run/judgeRules.ts";
import type { Log } from "../src/run/ports.ts";
import { watchlistsOf as watchlistsIn } from "../src/detection/rules/watchlists.ts";
import { noticesOn } from "../src/settings/notices.ts";
import { readingSignal } from "../src/settings/readingSignal.ts";
import { isSwitchedOff } from "../src/settings/timers.ts";
import { poisonQueueName } from "./backfillQueue.ts";
import { contextLog } from "./contextLog.ts";
import { problem } from "./problem.ts";
import { theApp } from "./theApp.ts";

app.http("health", {
  route: "health",
  methods: ["GET"],
  authLevel: "function",
  handler: async (_request, context) => {
    try {
      const { settings } = theApp();
      const log = contextLog(context);
      const [workspaces, queue] = await Promise.all([
        Promise.all(settings.workspaces.map((each) => healthOf(each, log))),
        poisonHealth(),
      ]);
      const healthy = queue.faults.length === 0 && workspaces.every((each) => each.healthy);
      return {
        status: healthy ? 200 : 503,
        jsonBody: {
          version: __VERSION__,
          healthy,
          faults: queue.faults.map(shown),
          warnings: [...noticesOn(settings), ...queue.warnings],
          workspaces,
        },
      };
    } catch (error) {
      return problem(503, error instanceof Error ? error.message : "The state cannot be read.");
    }
  },
});

/** Everything is in one row of the table, which the last run wrote. */
async function healthOf(workspace: Workspace, log: Log) {
  const { settings, clock, stateOf, watchlistsOf } = theApp();
  const now = clock.now();
  const store = stateOf(workspace);
  const progress = await store.readProgress();
  const isPaused = isSwitchedOff("detect", process.env);
  const firstSeenAt = progress === null ? await store.firstSeenAt(now) : now;
  const { rules, problem: rulesProblem } = await rulesNow(workspace, log);
  const watchlists =
    watchlistsIn(rules).length === 0 ? [] : await watchlistsOf(workspace).readWatchlists();
  const circumstances = { now, firstSeenAt, isPaused, isDryRun: settings.dryRun };
  const { healthy, state, faults, warnings } = withRules(
    judgeHealth(progress, settings, circumstances),
    { rules, rulesProblem, watchlists, now },
  );
  return {
    name: workspace.name,
    healthy,
    state,
    faults: faults.map(shown),
    warnings,
    lastRunAt: iso(progress?.lastRunAt ?? null),
    lastSuccessAt: iso(progress?.lastSuccessAt ?? null),
    watermark: iso(progress?.publishedTo ?? null),
    watermarkLagSeconds: progress === null ? null : Math.round((now - progress.publishedTo) / 1000),
    behindRuns: progress?.vitals?.behindRuns ?? 0,
    coverage: recentCoverage(readHistory(progress?.coverage), rules, now),
    newestRowAt: iso(progress?.vitals?.newestRowAt ?? null),
    pending: progress?.pending ?? 0,
    failing: (progress?.vitals?.failing ?? []).map((sink) => ({ ...sink, since: iso(sink.since) })),
    lastError: progress?.lastError ?? null,
  };
}

/** A file of rules that cannot be read is a fault of the workspace, not of the answer. */
async function rulesNow(workspace: Workspace, log: Log) {
  try {
    const signal = readingSignal();
    return { rules: await theApp().rulesOf(workspace, log, signal), problem: null };
  } catch (error) {
    return { rules: [], problem: error instanceof Error ? error.message : String(error) };
  }
}

type Workspace = ReturnType<typeof theApp>["settings"]["workspaces"][number];

/** Looks for messages that no function could process. */
async function poisonHealth(): Promise<{
  readonly faults: readonly Fault[];
  readonly warnings: readonly string[];
}> {
  try {
    const count = await theApp().countMessages(poisonQueueName);
    const told = `${count} message${count === 1 ? "" : "s"} in the queue ${poisonQueueName}: a backfill was given up; read and delete`;
    return {
      faults: count === 0 ? [] : [{ what: "poison", since: null, problem: told }],
      warnings: [],
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { faults: [], warnings: [`Poison messages could not be counted: ${why}`] };
  }
}

function shown({ what, since, problem: sentence }: Fault) {
  return { what, since: iso(since), problem: sentence };
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
