/** Law 8 over the state in Table Storage: any mix of names leaves the incidents of one name. */
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectTable } from "../../../src/state/table/tableConnection.ts";
import { TableState } from "../../../src/state/table/tableState.ts";
import { startAzurite, type Azurite } from "../../../standins/azurite.ts";
import { certificate, connection, credential } from "../../azure/wire.ts";
import { alice, bob, tenantId } from "../../builders.ts";
import { cases } from "../../cases.ts";
import { nameRules, namesStory } from "../../laws/names.ts";
import { detectIn, Detector, law, MemoryLedger, summary } from "../../laws/runs.ts";

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite(certificate);
}, 60_000);
afterAll(() => azurite.stop());

/** Opened again for each run, as a process does. */
function reopened(name: string): TableState {
  return new TableState(
    connectTable(azurite, "states", () => credential(), connection),
    name,
  );
}

test("runs over rows under any names record the incidents of rows under one name each", async () => {
  let incidents = 0;
  await law(
    fc.asyncProperty(namesStory, async ({ plain, runs }) => {
      const named = new Detector(...nameRules);
      await named.run(plain);
      const name = randomUUID();
      const ledger = new MemoryLedger();
      for (const rows of runs) {
        await detectIn({ store: reopened(name), ledger }, rows, nameRules);
      }
      const store = reopened(name);
      const [{ family }] = nameRules;
      const heads = await Promise.all(
        [alice, bob].map(({ id }) =>
          store.readHead({ rule: family, workspaceId: null, tenantId, user: id }, -Infinity),
        ),
      );
      const live = heads.flatMap(({ subject, bursts }) =>
        bursts
          .filter(({ mergedInto }) => mergedInto === null)
          .map((burst) => ({ tenantId: subject.tenantId, user: subject.user, burst })),
      );
      expect(live.map(summary).toSorted()).toEqual(named.live().map(summary).toSorted());
      incidents += live.length;
    }),
    60,
  );
  expect(incidents).toBeGreaterThan(cases(30));
});
