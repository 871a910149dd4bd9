import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { watchlistColumns } from "../../../src/logs/azure/columns.ts";
import { logAnalytics } from "../../../src/logs/azure/logAnalytics.ts";
import { renderWatchlistQuery, watchlists } from "../../../src/logs/azure/watchlists.ts";
import { createAnalyser } from "../../../standins/logService/kusto.ts";
import { withWatchlists } from "../../../standins/logService/runQuery.ts";
import { startLogService, type LogService } from "../../../standins/logService/startLogService.ts";
import { createStore } from "../../../standins/logService/store.ts";
import { builtInTables } from "../../../standins/logService/tables.ts";
import { workspaceId } from "../../builders.ts";
import { certificate, connection, credential, never } from "../../azure/wire.ts";

const tables = {
  ...builtInTables,
  "watchlist VIPUsers": { SearchKey: "string", UPN: "string" },
} as const;
const now = Date.UTC(2026, 2, 10, 9);

let service: LogService;
beforeAll(async () => {
  service = await startLogService({ certificate, tables, clock: () => now });
  const publish = (UPN: string) => ({ publishedAt: now - 1_000, row: { SearchKey: UPN, UPN } });
  service.publish(
    workspaceId,
    "watchlist VIPUsers",
    ["a@contoso.com", "B@contoso.com"].map(publish),
  );
});
afterAll(() => service.stop());

const read = (watchlist: string, column: string) => {
  const workspace = logAnalytics({
    endpoint: service.endpoint,
    audience: "https://api.loganalytics.io",
    credential: credential(),
    connection,
  })(workspaceId);
  return watchlists(workspace, () => now).read({ watchlist, column }, never);
};

describe("a watchlist of Sentinel", () => {
  test("gives the values of a column", async () => {
    expect(await read("VIPUsers", "UPN")).toEqual(["a@contoso.com", "B@contoso.com"]);
  });

  test("says that it has no such column", async () => {
    await expect(read("VIPUsers", "Mail")).rejects.toThrow("has no column Mail");
  });

  test("gives nothing for an alias that is not there", async () => {
    expect(await read("Nobody", "UPN")).toEqual([]);
  });

  test("says why it cannot be read", async () => {
    service.fail({ kind: "status", status: 403 });
    await expect(read("VIPUsers", "UPN")).rejects.toThrow(/^cannot be read: .*403/);
  });

  test("is asked for by text that cannot leave its literal", () => {
    const query = renderWatchlistQuery("VIPUsers", 'x"; SigninLogs | take 1 //');
    expect(query).toContain('column_ifexists("x\\u0022\\u003b SigninLogs');
    const { problems, columns } = createAnalyser(tables)(
      withWatchlists(query, createStore(tables)),
    );
    expect(problems).toEqual([]);
    expect(columns.map(({ name }) => name).toSorted()).toEqual(
      Object.keys(watchlistColumns).toSorted(),
    );
  });
});
