import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { backfillQueue } from "../../functions/backfillQueue.ts";
import { definitions, type Definition } from "../../src/settings/definitions.ts";

interface Template {
  readonly parameters: Readonly<Record<string, { readonly defaultValue?: unknown }>>;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly definitions: Readonly<
    Record<string, { readonly properties?: Readonly<Record<string, unknown>> }>
  >;
  readonly resources: Readonly<Record<string, Resource>>;
}

interface Resource {
  readonly type: string;
  readonly properties?: { readonly template?: Template; readonly parameters?: Values };
}

type Values = Readonly<Record<string, { readonly value?: unknown }>>;

/** What has to say the same, each side as it stands in its file. */
export interface Sides {
  /** src/settings */
  readonly declared: Readonly<Record<string, Omit<Definition, "schema">>>;
  readonly readme: string;
  readonly security: string;
  /** local.settings.sample.json */
  readonly sample: string;
  /** infra/azuredeploy.json */
  readonly template: string;
  /** infra/leastPrivilegeRole.json */
  readonly leastPrivilege: string;
  /** Roles that messages of the code name. */
  readonly namedInCode: readonly string[];
  readonly queue: string;
}

export function shippedSides(): Sides {
  const read = (path: string) => readFileSync(path, "utf8");
  const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
    // The doctor runs as a person, who has other roles.
    .filter((name) => name.endsWith(".ts") && !name.startsWith("doctor"))
    .map((name) => read(join("src", name)));
  const roles = sources.flatMap((text) =>
    [...text.matchAll(/\brole: "([^"]+)"/g)].map(([, role]) => String(role)),
  );
  return {
    declared: definitions,
    readme: read("README.md"),
    security: read("SECURITY.md"),
    sample: read("local.settings.sample.json"),
    template: read("infra/azuredeploy.json"),
    leastPrivilege: read("infra/leastPrivilegeRole.json"),
    namedInCode: [...new Set(roles)],
    queue: backfillQueue.queueName,
  };
}

/** Settings that the template gives otherwise than the code's default does, and why. */
const onPurpose: Readonly<Record<string, string>> = {
  // It also makes the table that this needs.
  INCIDENT_SINKS: "sentinel,logs",
  // It always gives the app a user-assigned identity.
  STATE_STORAGE__credential: "managedidentity",
};

/** Read by the Functions host and its extensions, not by the app. */
const ofTheHost =
  /^(?:AzureWebJobsStorage__|APPLICATIONINSIGHTS_|FUNCTIONS_|WEBSITE_|STATE_STORAGE__(?:credential|clientId)$)/;

/** A connection string is a secret, and no parameter of the template is one. */
const neverInTemplate = ["STATE_STORAGE"];

/** For a blob with rules, which the template does not know of; docs/rules.md says to give it. */
const givenByHand: readonly string[] = ["Storage Blob Data Reader"];

/** Ids of built-in roles, as Microsoft documents them. */
const roleIds: Readonly<Record<string, string>> = {
  "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
  "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
  "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "Storage Table Data Contributor",
  "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
  "3e150937-b8fe-4cfb-8069-0eaf05ecd056": "Microsoft Sentinel Responder",
  "73c42c96-874c-492b-b04d-ab87d138a893": "Log Analytics Reader",
};

/** Every difference between the sides, each a sentence; none where they agree. */
export function differences(sides: Sides): readonly string[] {
  const { declared, readme, security, sample } = sides;
  const defaults = Object.entries(declared).map(
    ([name, { fallback }]) => [name, fallback ?? ""] as const,
  );
  const template = JSON.parse(sides.template) as Template;
  const given = settingsGiven(template);
  const further = Object.keys(template.definitions["FurtherSettings"]?.properties ?? {});
  const names = new Set(defaults.map(([name]) => name));
  const { Values: values } = JSON.parse(sample) as { Values: Record<string, string> };
  const roles = rolesGiven(sides.template);
  return [
    ...differ(
      "settings in README",
      rowsOf(readme, "setting").map(settingRow),
      defaults.map(([name, fallback]) => `${name}=${fallback}`),
    ),
    ...differ(
      "settings in local.settings.sample.json",
      Object.keys(values).filter((name) => !/^(?:AzureWebJobsStorage|FUNCTIONS_)/.test(name)),
      [...names],
    ),
    ...differ(
      "settings of the template",
      [...Object.keys(given), ...further].filter(
        (name) => !ofTheHost.test(name) || names.has(name),
      ),
      [...names].filter((name) => !neverInTemplate.includes(name)),
    ),
    ...defaults.flatMap(([name, fallback]) => {
      const standard = given[name];
      const expected = onPurpose[name] ?? fallback;
      return standard === undefined || standard === null || standard === expected
        ? []
        : [`${name}: the template's default is ${standard}, the code's ${expected}`];
    }),
    ...defaults
      .filter(([name, fallback]) => fallback !== "" && name !== "DRY_RUN")
      .flatMap(([name, fallback]) =>
        values[name] === fallback
          ? []
          : [`${name}: the sample's is ${values[name]}, not ${fallback}`],
      ),
    ...differ("roles in README", rowsOf(readme, "role").map(first), roles),
    ...differ("roles in SECURITY.md", rowsOf(security, "role").map(first), roles),
    ...sides.namedInCode
      .filter((role) => !roles.includes(role) && !givenByHand.includes(role))
      .map((role) => `the code names the role ${role}, which nothing assigns`),
    ...differ(
      "actions in SECURITY.md",
      [...security.matchAll(/^- `(Microsoft\.[^`]+)`$/gm)].map(([, action]) => String(action)),
      JSON.parse(sides.leastPrivilege) as string[],
    ),
    ...differ("actions of the template's role", actionsGiven(sides.template), [
      ...(JSON.parse(sides.leastPrivilege) as string[]),
    ]),
    ...differ("queue", [String(template.variables?.["backfillQueue"])], [sides.queue]),
  ];
}

function differ(
  what: string,
  found: readonly string[],
  expected: readonly string[],
): readonly string[] {
  const [has, wants] = [new Set(found), new Set(expected)];
  return [
    ...[...wants].filter((each) => !has.has(each)).map((each) => `${what}: ${each} is missing`),
    ...[...has].filter((each) => !wants.has(each)).map((each) => `${what}: ${each} is too much`),
  ];
}

/** The cells of the first table whose first heading is this. */
function rowsOf(document: string, heading: string): readonly (readonly string[])[] {
  const lines = document.split("\n");
  const from = lines.findIndex((line) => new RegExp(`^\\| ${heading} +\\|`).test(line)) + 2;
  const end = lines.findIndex((line, index) => index >= from && !line.startsWith("|"));
  return lines.slice(from, end).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const first = ([cell = ""]: readonly string[]) => cell;

function settingRow([name = "", standard = ""]: readonly string[]): string {
  const plain = (cell: string) => cell.replace(/^`(.*)`$/, "$1");
  return `${plain(name)}=${standard === "none" ? "" : plain(standard)}`;
}

/** Every setting that modules of the template give, with its default; null where it follows from a resource. */
function settingsGiven(template: Template): Readonly<Record<string, string | null>> {
  const modules = Object.values(template.resources).flatMap(({ properties }) =>
    properties?.template === undefined
      ? []
      : [{ inner: properties.template, values: properties.parameters ?? {} }],
  );
  const given: Record<string, string | null> = {};
  for (const { inner, values } of modules) {
    for (const value of Object.values(inner.variables ?? {})) {
      if (typeof value === "object" && value !== null) {
        for (const [name, text] of Object.entries(value)) {
          if (/^[A-Z][A-Za-z]*(?:_+[A-Za-z]+)+$/.test(name) || name === "WORKSPACES") {
            given[name] = defaultOf(text, values, template);
          }
        }
      }
    }
  }
  return given;
}

function defaultOf(text: unknown, values: Values, template: Template): string | null {
  const [, inner] = /parameters\('(\w+)'\)/.exec(String(text)) ?? [];
  const passed = inner === undefined ? text : values[inner]?.value;
  const [, outer] = /^\[parameters\('(\w+)'\)\]$/.exec(String(passed)) ?? [];
  const [, variable] = /^\[variables\('(\w+)'\)\]$/.exec(String(passed)) ?? [];
  const value =
    outer !== undefined
      ? template.parameters[outer]?.defaultValue
      : variable !== undefined
        ? template.variables?.[variable]
        : passed;
  const isPlain =
    typeof value === "boolean" || (typeof value === "string" && !value.startsWith("["));
  return isPlain ? String(value) : null;
}

function rolesGiven(template: string): readonly string[] {
  const ids = template.match(/\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/g) ?? [];
  return [...new Set(ids.flatMap((id) => roleIds[id] ?? []))];
}

function actionsGiven(template: string): readonly string[] {
  return [
    ...new Set(
      [
        ...template.matchAll(
          /"(Microsoft\.(?:OperationalInsights|SecurityInsights)\/[^"]+\/(?:read|write))"/g,
        ),
      ].map(([, action]) => String(action)),
    ),
  ];
}
