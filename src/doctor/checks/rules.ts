import { watchlistsOf } from "../../detection/rules/watchlists.ts";
import { servedAt } from "../../logs/azure/columns.ts";
import { watchlists } from "../../logs/azure/watchlists.ts";
import { usableValues, WatchlistError } from "../../run/watchlists.ts";
import type { Workspace } from "../../settings/settings.ts";
import type { Check } from "../check.ts";
import { fault, ok, type Outcome } from "../line.ts";
import type { Probe } from "../probe.ts";

const checkFile = "mfa-deny rules --check FILE shows every problem with its place.";

export const rulesCheck: Check = {
  id: "rules",
  scope: "workspace",
  needs: ["tokens"],
  cure:
    "See that RULES_FILE (or `rules` of the workspace) names the blob, and let the identity read it: " +
    'az role assignment create --assignee IDENTITY --role "Storage Blob Data Reader" --scope CONTAINER_ID',
  async run(probe, workspace) {
    const read = await probe.rules(workspace);
    if (read === null) {
      const says = "the file of rules is in the app's package: mfa-deny doctor --app URL reads it";
      return [{ level: "skipped", says, cure: null }];
    }
    const { file, rules, problems } = read;
    if (problems.length > 0) {
      return [fault(`the file of rules has problems: ${problems.join("; ")}`, checkFile)];
    }
    const place = file === null ? "from the settings" : `from ${file}`;
    return [ok(`${rules.length} rule${rules.length === 1 ? "" : "s"} in use, ${place}`)];
  },
};

export const watchlistsCheck: Check = {
  id: "watchlists",
  scope: "workspace",
  needs: ["rules", "signin-logs"],
  cure: checkFile,
  async run(probe, workspace) {
    const wanted = watchlistsOf((await probe.rules(workspace))?.rules ?? []);
    const source = watchlists({ ask: (query) => ask(probe, workspace, query.text) }, () =>
      probe.now(),
    );
    const wrong: string[] = [];
    for (const column of wanted) {
      try {
        usableValues(await source.read(column, new AbortController().signal));
      } catch (error) {
        const problem = error instanceof WatchlistError ? error.message : "gives no usable answer";
        wrong.push(`${column.watchlist} (${column.column}) ${problem}`);
      }
    }
    return [outcomeOf(wanted.length, wrong)];
  },
};

function outcomeOf(wanted: number, wrong: readonly string[]): Outcome {
  if (wrong.length > 0) {
    return fault(
      `watchlists that rules use: ${wrong.join("; ")}. What was read last holds; if nothing was, an exclusion ` +
        "excludes nobody",
      "Microsoft Sentinel → Watchlist: compare the alias and the column with the file of rules.",
    );
  }
  const columns = `${wanted} watchlist column${wanted === 1 ? "" : "s"}`;
  return ok(wanted === 0 ? "the rules use no watchlist" : `${columns} can be read`);
}

/** Rows without the one that only tells the service's time. */
async function ask(probe: Probe, workspace: Workspace, kql: string) {
  const answer = await probe.query(workspace, kql);
  return answer.kind === "refused"
    ? { kind: "partial" as const, reason: answer.message }
    : {
        kind: "whole" as const,
        rows: answer.rows.filter((row) => (row[servedAt] ?? null) === null),
        servedAt: probe.now(),
      };
}
