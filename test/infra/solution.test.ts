/** The package for Sentinel's Content Hub, in the layout and by the schemas of the Azure-Sentinel repository. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { shippedWorkbook } from "./shippedQueries.ts";

const folder = "Solutions/MFA Denial Detector";
const text = (...path: readonly string[]) => readFileSync(join(folder, ...path), "utf8");
const json = (...path: readonly string[]) => JSON.parse(text(...path)) as Record<string, unknown>;
const data = json("Data", "Solution_MFA Denial Detector.json");

describe("the solution", () => {
  test("lists every part that its folders have, and no other", () => {
    for (const [kind, name, ending] of [
      ["Analytic Rules", "Analytic Rules", ".yaml"],
      ["Workbooks", "Workbooks", ".json"],
      ["Playbooks", "Playbooks", "/azuredeploy.json"],
    ] as const) {
      const there = readdirSync(join(folder, name), { recursive: true, encoding: "utf8" })
        .map((each) => `${name}/${each.replaceAll("\\", "/")}`)
        .filter((each) => each.endsWith(ending) && !each.endsWith("WorkbooksMetadata.json"));
      expect(data[kind]).toEqual(there);
    }
    expect(existsSync(join(folder, String(data["Metadata"])))).toBe(true);
  });

  test("has the members that the packaging tool asks for", () => {
    for (const member of ["Name", "Author", "Logo", "Description", "BasePath", "Version"]) {
      expect(data[member]).toEqual(expect.stringMatching(/./));
    }
    expect(data["Version"]).toMatch(/^3\.\d+\.\d+$/);
    expect(data["TemplateSpec"]).toBe(true);
    expect(String(data["BasePath"]).endsWith(`\\${String(data["Name"])}`)).toBe(true);
    expect(text("ReleaseNotes.md")).toContain(`| ${String(data["Version"])} `);
  });

  test("says who publishes and supports it", () => {
    expect(json("SolutionMetadata.json")).toMatchObject({
      publisherId: expect.stringMatching(/^[\w-]+$/),
      offerId: expect.stringMatching(/^[a-z\d-]{1,50}$/),
      firstPublishDate: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      providers: [expect.any(String)],
      categories: { domains: expect.arrayContaining(["Identity"]) },
      support: { tier: "Community", name: expect.any(String), link: expect.any(String) },
    });
  });
});

describe("its parts", () => {
  test("are the rule and the workbook of the template (else: npm run docs)", () => {
    const rule = text("Analytic Rules", "RepeatedMfaDenials.yaml");
    expect(rule).toBe(readFileSync("infra/findings/analyticsRule.yaml", "utf8"));
    expect(parse(rule)).toMatchObject({ kind: "Scheduled", requiredDataConnectors: [] });
    const { items } = shippedWorkbook(join(folder, "Workbooks", "MfaDenyDetector.json"));
    expect(items.map(({ name, content }) => [name, content.query])).toEqual(
      shippedWorkbook().items.map(({ name, content }) => [name, content.query]),
    );
    expect(text("Workbooks", "MfaDenyDetector.json")).not.toMatch(/<\w+ workspace>/);
  });

  test("describe the workbook with what the schema of workbooks' metadata requires, and no more", () => {
    const [entry] = JSON.parse(text("Workbooks", "WorkbooksMetadata.json")) as [
      Record<string, unknown>,
    ];
    expect(Object.keys(entry).toSorted()).toEqual(
      [
        "workbookKey",
        "logoFileName",
        "description",
        "dataTypesDependencies",
        "dataConnectorsDependencies",
        "previewImagesFileNames",
        "version",
        "title",
        "templateRelativePath",
        "subtitle",
        "provider",
      ].toSorted(),
    );
    expect(existsSync(join(folder, "Workbooks", String(entry["templateRelativePath"])))).toBe(true);
    const { fromTemplateId } = json("Workbooks", "MfaDenyDetector.json");
    expect(fromTemplateId).toBe(`sentinel-${String(entry["workbookKey"])}`);
  });

  test("have a playbook with the metadata of a template, which signs in as itself", () => {
    const { metadata, resources } = json("Playbooks", "CommentWithFirstSteps", "azuredeploy.json");
    expect(metadata).toMatchObject({
      title: expect.any(String),
      description: expect.any(String),
      prerequisites: expect.any(Array),
      postDeployment: expect.any(Array),
      lastUpdateTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      entities: ["Account"],
      support: { tier: "community" },
      author: { name: expect.any(String) },
    });
    expect(resources).toMatchObject([
      { type: "Microsoft.Web/connections", properties: { parameterValueType: "Alternative" } },
      { type: "Microsoft.Logic/workflows", identity: { type: "SystemAssigned" } },
    ]);
  });
});
