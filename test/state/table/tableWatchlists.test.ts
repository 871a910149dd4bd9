import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectTable } from "../../../src/state/table/tableConnection.ts";
import { TableWatchlists } from "../../../src/state/table/tableWatchlists.ts";
import { startAzurite, type Azurite } from "../../../standins/azurite.ts";
import { certificate, connection, credential } from "../../azure/wire.ts";

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite(certificate);
}, 60_000);
afterAll(() => azurite.stop());

const list = (watchlist: string, values: readonly string[]) => ({
  watchlist,
  column: "UPN",
  values,
  readAt: 1,
  failure: null,
});

test("each column of a workspace is kept as it was read last, until it is forgotten", async () => {
  const client = connectTable(azurite, "states", () => credential(), connection);
  const name = randomUUID();
  const store = new TableWatchlists(client, name);
  await store.saveWatchlist(list("VIPUsers", ["a"]));
  await store.saveWatchlist(list("Admins", ["b"]));
  await store.saveWatchlist(list("VIPUsers", ["a", "c"]));
  await new TableWatchlists(client, randomUUID()).saveWatchlist(list("Others", []));
  const names = async () =>
    (await store.readWatchlists()).map(({ watchlist, values }) => [watchlist, values]);
  expect(new Map((await names()) as [string, string[]][])).toEqual(
    new Map([
      ["VIPUsers", ["a", "c"]],
      ["Admins", ["b"]],
    ]),
  );
  await store.forgetWatchlist({ watchlist: "VIPUsers", column: "UPN" });
  // Another run was faster.
  await store.forgetWatchlist({ watchlist: "VIPUsers", column: "UPN" });
  expect(await names()).toEqual([["Admins", ["b"]]]);
});
