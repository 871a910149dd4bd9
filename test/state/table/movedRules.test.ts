/** A rule is put into another family, and its records, which are in a table, go along. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isPending } from "../../../src/run/sendBudget.ts";
import { readRuleText } from "../../../src/settings/ruleFile.ts";
import { connectTable } from "../../../src/state/table/tableConnection.ts";
import { TableState } from "../../../src/state/table/tableState.ts";
import { startAzurite, type Azurite } from "../../../standins/azurite.ts";
import { certificate, connection, credential } from "../../azure/wire.ts";
import { Bench, refusals } from "../../run/bench.ts";
import { publish } from "../../run/fakeLog.ts";

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite(certificate);
}, 60_000);
afterAll(() => azurite.stop());

const rulesOf = (text: string) => readRuleText("rules.yaml", text).rules;

test("its incidents grow on, and what waited to be sent is sent", async () => {
  const client = connectTable(azurite, "states", () => credential(), connection);
  const name = randomUUID();
  const store = () => new TableState(client, name);
  const bench = new Bench("09:20", publish(refusals("09:00", 5)));
  const sinks = [bench.serviceSink()];
  const away = { ...bench.serviceSink(), deliver: () => Promise.reject(new Error("away")) };
  const own = rulesOf("- { id: vip, basedOn: explicit-mfa-deny }");
  await bench.run("09:20", { rules: own, store: store(), sinks: [away] });
  const [due] = (await store().open()).due;
  bench.log.add(publish(refusals("09:10", 1), "09:21"));
  const shared = rulesOf(
    "- { id: explicit-mfa-deny }\n- { id: vip, basedOn: explicit-mfa-deny, family: explicit-mfa-deny }",
  );
  await bench.run("09:40", { rules: shared, store: store(), sinks });
  await bench.run("10:40", { rules: shared, store: store(), sinks });
  const [id = "", ...others] = bench.service.incidents.keys();
  expect([id, others]).toEqual([due?.burstId, []]);
  expect(bench.service.held(id).properties.description).toContain("refused **6 MFA prompts**");
  expect((await store().open()).due.filter(isPending)).toEqual([]);
  const subject = due?.subject ?? { rule: "", workspaceId: null, tenantId: null, user: "" };
  const recorded = async (rule: string) =>
    (await store().readHead({ ...subject, rule }, -Infinity)).bursts.map((burst) => burst.id);
  expect(await recorded("vip")).toEqual([]);
  expect(await recorded("explicit-mfa-deny")).toEqual([id]);
});
