/** What the pages say about Azure where nothing else could: commands, roles and settings that a deployment needs. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { poisonQueueName, backfillQueue } from "../../functions/backfillQueue.ts";
import { definitions } from "../../src/settings/definitions.ts";

const page = (name: string) => readFileSync(`docs/${name}`, "utf8");
const byHand = page("deploy-by-hand.md");

test("code is published with the runtime named, which the Core Tools cannot know from a folder", () => {
  expect(byHand).toContain("func azure functionapp publish $APP --javascript --no-build");
});

test("a deployment by hand assigns every role of the app", () => {
  const readme = readFileSync("README.md", "utf8");
  const [, table = ""] = /^\| role .*\n\|.*\n((?:\|.*\n)+)/m.exec(readme) ?? [];
  const roles = [...table.matchAll(/^\| (.+?) +\|/gm)].map(([, role = ""]) => role);
  const assigned = [...byHand.matchAll(/^assign "(.+?)"/gm)].map(([, role = ""]) => role);
  expect(assigned.toSorted()).toEqual(roles.toSorted());
});

test("a deployment by hand names storage by its addresses and identity, and never by an empty text", () => {
  const given = [...byHand.matchAll(/\b((?:AzureWebJobsStorage|STATE_STORAGE)\w*)=/g)].map(
    ([, name]) => name,
  );
  const parts = ["credential", "clientId", "queueServiceUri", "tableServiceUri"];
  for (const name of ["AzureWebJobsStorage", "STATE_STORAGE"]) {
    expect(given).toEqual(expect.arrayContaining(parts.map((part) => `${name}__${part}`)));
    expect(given).not.toContain(name);
  }
  for (const [, name = ""] of byHand.matchAll(/^ {2}(?=\w+=)([A-Z][A-Z_]+)=/gm)) {
    expect([...Object.keys(definitions), "APPLICATIONINSIGHTS_AUTHENTICATION_STRING"]).toContain(
      name,
    );
  }
});

test("a deployment by hand makes the queues that the app uses", () => {
  for (const name of [backfillQueue.queueName, poisonQueueName]) {
    expect(byHand).toContain(`/queues/${name}?`);
  }
});

test("a deployment by hand and the template take a Node that stays, where Flex Consumption is offered", () => {
  expect(byHand).toContain("--flexconsumption-location");
  expect(byHand).toContain("--runtime-version 24");
  expect(page("operations.md")).toMatch(/Linux Consumption takes no newer Node/);
});

test.each([
  [
    "deploy.md",
    "what has to be there before",
    [/SignInLogs/, /Entra ID P1/, /\*\*Analytics\*\* plan/],
  ],
  ["deploy.md", "what other plans of a table do", [/Basic, Auxiliary and data-lake-only tables/]],
  ["deploy.md", "which roles Lighthouse takes", [/Lighthouse/]],
  ["operations.md", "that keys are of one function", [/A function's key opens that function only/]],
  [
    "operations.md",
    "what Defender does by itself",
    [/groups by its own engine/, /does not reopen/],
  ],
  [
    "defender.md",
    "that API-made incidents do not show there",
    [/do not appear in the Defender portal/],
  ],
])("%s says %s", (name, _, facts) => {
  for (const fact of facts) {
    expect(page(name).replaceAll(/\s+/g, " ")).toMatch(fact);
  }
});
