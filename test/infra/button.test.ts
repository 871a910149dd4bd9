/** The form behind the buttons: what it gives is what the template takes. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

interface Element {
  readonly name: string;
  readonly type: string;
  readonly defaultValue?: unknown;
  readonly constraints?: {
    readonly regex?: string;
    readonly allowedValues?: readonly { readonly label: string; readonly value: string }[];
  };
}

interface Form {
  readonly parameters: {
    readonly basics: readonly Element[];
    readonly steps: readonly { readonly name: string; readonly elements: readonly Element[] }[];
    readonly outputs: Readonly<Record<string, string>>;
  };
}

interface Parameter {
  readonly type?: string;
  readonly $ref?: string;
  readonly defaultValue?: unknown;
  readonly allowedValues?: readonly unknown[];
}

const json = (path: string) => JSON.parse(readFileSync(path, "utf8")) as unknown;
const { basics, steps, outputs } = (json("infra/createUiDefinition.json") as Form).parameters;
const template = json("infra/azuredeploy.json") as {
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly definitions: Readonly<Record<string, Parameter>>;
};
const elementOf = (expression: string): Element | undefined => {
  const [, basic] = /^\[basics\('(\w+)'\)/.exec(expression) ?? [];
  const [, step, name] = /^\[steps\('(\w+)'\)\.(\w+)/.exec(expression) ?? [];
  return basic === undefined
    ? steps.find((each) => each.name === step)?.elements.find((each) => each.name === name)
    : basics.find((each) => each.name === basic);
};

describe("the form behind the buttons", () => {
  test("gives only parameters that the template has, and every required one", () => {
    const { parameters } = template;
    expect(Object.keys(outputs).filter((name) => !Object.hasOwn(parameters, name))).toEqual([]);
    const needed = Object.entries(parameters).filter(
      ([, { defaultValue }]) => defaultValue === undefined,
    );
    expect(needed.map(([name]) => name)).toEqual(["sentinelWorkspaceResourceId"]);
    expect(outputs).toHaveProperty("sentinelWorkspaceResourceId");
  });

  test("refers only to elements that it has", () => {
    for (const expression of Object.values(outputs)) {
      for (const [, step, name] of expression.matchAll(/steps\('(\w+)'\)\.(\w+)/g)) {
        const elements = steps.find((each) => each.name === step)?.elements ?? [];
        expect(elements.map((each) => each.name)).toContain(name);
      }
      for (const [, name] of expression.matchAll(/basics\('(\w+)'\)/g)) {
        expect(basics.map((each) => each.name)).toContain(name);
      }
    }
  });

  test.each(Object.entries(outputs))("%s offers what the template allows", (name, expression) => {
    const parameter = template.parameters[name] ?? {};
    const referred = template.definitions[parameter.$ref?.replace("#/definitions/", "") ?? ""];
    const allowed = parameter.allowedValues ?? referred?.allowedValues;
    const element = elementOf(expression);
    const offered = element?.constraints?.allowedValues?.map(({ value }) => value);
    if (allowed !== undefined) {
      expect(offered?.toSorted()).toEqual(allowed.map(String).toSorted());
    }
    const fallback = element?.constraints?.allowedValues?.find(
      ({ label }) => label === element.defaultValue,
    );
    const shown = fallback?.value ?? element?.defaultValue;
    const { defaultValue } = parameter;
    if (
      shown !== undefined &&
      defaultValue !== undefined &&
      !JSON.stringify(defaultValue).startsWith('"[')
    ) {
      expect(shown).toEqual(defaultValue);
    }
  });

  test("checks by patterns that compile, and that take their own default", () => {
    const elements = [...basics, ...steps.flatMap((step) => step.elements)];
    const patterns = elements.filter(({ constraints }) => constraints?.regex !== undefined);
    expect(patterns.length).toBeGreaterThan(2);
    for (const { constraints, defaultValue } of patterns) {
      expect(typeof defaultValue === "string" ? defaultValue : "").toMatch(
        new RegExp(constraints?.regex ?? ""),
      );
    }
  });
});

describe("addresses of the project", () => {
  const { version, repository } = json("package.json") as {
    readonly version: string;
    readonly repository?: { readonly url: string };
  };
  const home = repository?.url.replace(/^git\+/, "").replace(/\.git$/, "") ?? "";
  const [, owner = ""] = /github\.com\/(.+)/.exec(home) ?? [];

  test("the buttons open template and form of this version, in both clouds", () => {
    const readme = readFileSync("README.md", "utf8");
    const raw = `https://raw.githubusercontent.com/${owner}/v${version}/infra`;
    for (const portal of ["https://portal.azure.com", "https://portal.azure.us"]) {
      const deployed = encodeURIComponent(`${raw}/azuredeploy.json`);
      const form = encodeURIComponent(`${raw}/createUiDefinition.json`);
      expect(readme).toContain(
        `${portal}/#create/Microsoft.Template/uri/${deployed}/createUIDefinitionUri/${form}`,
      );
    }
  });

  test("the package that the template takes by default is this version's", () => {
    const { packageUri } = json("infra/release.json") as { readonly packageUri: string };
    expect(packageUri).toBe(
      `${home}/releases/download/v${version}/mfa-deny-detector-app-${version}.zip`,
    );
  });

  test("README and docs name the same repository and version everywhere", () => {
    for (const path of ["README.md", "docs/deploy.md", "azure.yaml"]) {
      const text = readFileSync(path, "utf8");
      for (const [link] of text.matchAll(/https:\/\/github\.com\/[\w-]+\/mfa-deny-detector\b/g)) {
        expect([path, link]).toEqual([path, home]);
      }
      for (const [, named] of text.matchAll(
        /mfa-deny-detector-app-(\d+\.\d+\.\d+)|@(\d+\.\d+\.\d+)/g,
      )) {
        expect([path, named ?? version]).toEqual([path, version]);
      }
    }
  });
});
