import type { InvocationContext } from "@azure/functions";
import type { Detector } from "../src/run/detector.ts";
import { noticesOn } from "../src/settings/notices.ts";
import { contextLog } from "./contextLog.ts";
import { theApp } from "./theApp.ts";

/** A function may take ten minutes. Whatever still runs at this time (ms) is ended before the host ends the process. */
const longest = 9 * 60_000;

/**
 * Does the same for every workspace, concurrently, so that a failure in one does not stop the others. Logs a
 * summary of each.
 *
 * @throws Error that names the workspaces that failed, after all have ended
 */
export async function everyWorkspace(
  { event, asker }: { readonly event: string; readonly asker: "detection" | "maintenance" },
  context: InvocationContext,
  work: (detector: Detector, signal: AbortSignal) => Promise<object>,
): Promise<void> {
  const { settings, detectorOf } = theApp();
  const log = contextLog(context);
  // Logged once a day, because a warning at every cold start would be ignored. Health shows it at any time.
  if (asker === "maintenance") {
    noticesOn(settings).forEach((notice) => log.warn("notice", { notice }));
  }
  const signal = AbortSignal.timeout(longest);
  const failed: string[] = [];
  const each = settings.workspaces.map(async (workspace) => {
    const { name } = workspace;
    const startedAt = performance.now();
    const took = () => ({ workspace: name, ms: Math.round(performance.now() - startedAt) });
    try {
      log.info(event, {
        ...took(),
        ...(await work(await detectorOf(workspace, log, signal, asker), signal)),
        ...took(),
      });
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      log.error(`${event} failed`, { ...took(), problem });
      failed.push(`${name}: ${problem}`);
    }
  });
  await Promise.all(each);
  if (failed.length > 0) {
    throw new Error(`${event} failed for ${failed.join("; ")}`);
  }
}
