import type { Workspace } from "../settings/settings.ts";
import type { Check } from "./check.ts";
import { checks } from "./checks.ts";
import { fault, type Line, type Outcome } from "./line.ts";
import type { Probe } from "./probe.ts";

/**
 * Runs every check in order and yields each line as it comes. A check is skipped if one that it needs failed, so
 * that each fault is reported by one line.
 */
export async function* diagnose(probe: Probe): AsyncGenerator<Line> {
  const failed = new Set<string>();
  for (const check of checks) {
    const places = check.scope === "app" ? [null] : probe.settings.workspaces;
    for (const workspace of places) {
      for await (const line of linesOf(check, probe, workspace, failed)) {
        if (line.level === "fault" || line.level === "skipped") {
          failed.add(keyOf(check.id, workspace));
        }
        yield line;
      }
    }
  }
}

async function* linesOf(
  check: Check,
  probe: Probe,
  workspace: Workspace | null,
  failed: ReadonlySet<string>,
): AsyncGenerator<Line> {
  const named = { check: check.id, workspace: workspace?.name ?? null };
  const { workspaces } = probe.settings;
  const ground = check.needs.find(
    (id) =>
      failed.has(keyOf(id, null)) ||
      // A check of the app can do with one workspace.
      (workspace === null ? workspaces : [workspace]).every((each) => failed.has(keyOf(id, each))),
  );
  if (ground !== undefined) {
    yield { ...named, level: "skipped", says: `not tried, because it needs ${ground}`, cure: null };
    return;
  }
  for (const outcome of await outcomesOf(check, probe, workspace)) {
    yield { ...named, ...outcome };
  }
}

async function outcomesOf(
  check: Check,
  probe: Probe,
  workspace: Workspace | null,
): Promise<readonly Outcome[]> {
  try {
    if (check.scope === "app") {
      return await check.run(probe);
    }
    return workspace === null ? [] : await check.run(probe, workspace);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return [fault(problem, check.cure)];
  }
}

function keyOf(check: string, workspace: Workspace | null): string {
  return `${check} ${workspace?.name ?? ""}`;
}
