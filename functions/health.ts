import { app } from "@azure/functions";
import { problem } from "./problem.ts";
import { theApp } from "./theApp.ts";

app.http("health", {
  route: "health",
  methods: ["GET"],
  authLevel: "function",
  handler: async () => {
    const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
    try {
      const { settings, clock, stateOf } = theApp();
      const now = clock.now();
      const workspaces = await Promise.all(
        settings.workspaces.map(async (workspace) => {
          const progress = await stateOf(workspace).readProgress();
          const age = now - (progress?.lastSuccessAt ?? -Infinity);
          return {
            name: workspace.name,
            healthy: age <= settings.healthMaxAgeMs,
            lastRunAt: iso(progress?.lastRunAt ?? null),
            lastSuccessAt: iso(progress?.lastSuccessAt ?? null),
            watermark: iso(progress?.publishedTo ?? null),
            watermarkLagSeconds:
              progress === null ? null : Math.round((now - progress.publishedTo) / 1000),
            pending: progress?.pending ?? 0,
            lastError: progress?.lastError ?? null,
          };
        }),
      );
      const healthy = workspaces.every((workspace) => workspace.healthy);
      return {
        status: healthy ? 200 : 503,
        jsonBody: { version: __VERSION__, healthy, workspaces },
      };
    } catch (error) {
      return problem(503, error instanceof Error ? error.message : "The state cannot be read.");
    }
  },
});
