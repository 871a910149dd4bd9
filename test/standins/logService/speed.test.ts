import { expect, it } from "vitest";
import { datetimeOf } from "../../../standins/logService/datetime.ts";
import { createAnalyser } from "../../../standins/logService/kusto.ts";
import { runQuery } from "../../../standins/logService/runQuery.ts";
import { createStore } from "../../../standins/logService/store.ts";
import { builtInTables } from "../../../standins/logService/tables.ts";
import { at, row, workspace } from "./asking.ts";

/** The time limit of the test is one that only a lost cache breaks, however busy the machine is. */
it("answers 200 slices of a week of 40,000 sign-ins, each row once", { timeout: 120_000 }, () => {
  const store = createStore(builtInTables);
  const rowCount = 40_000;
  const start = at("00:00:00");
  const spacing = (7 * 86_400_000) / rowCount;
  const rows = Array.from({ length: rowCount }, (_, index) => ({
    ...row("00:00:00", { AuthenticationDetails: "MFA completed in the cloud. ".repeat(40) }),
    publishedAt: start + index * spacing,
  }));
  store.add(workspace, "SigninLogs", rows);
  const analyser = createAnalyser(builtInTables);
  const now = datetimeOf(start + 8 * 86_400_000);
  const slice = (7 * 86_400_000) / 200;
  const iso = (index: number) => new Date(start + index * slice).toISOString();

  let seen = 0;
  for (let index = 0; index < 200; index++) {
    const query = `SigninLogs
      | where ingestion_time() >= datetime(${iso(index)}) and ingestion_time() < datetime(${iso(index + 1)})
      | where ResultType == "500121" or AuthenticationDetails contains "completed"
      | project TimeGenerated, UserPrincipalName, AuthenticationDetails`;
    const question = { query, workspaceIds: [workspace], timespan: undefined, now };
    seen += runQuery(question, analyser, store).rows.length;
  }
  expect(seen).toBe(rowCount);
});
