import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { composeApp as composeAppType } from "../../src/app.ts";
import type { drilldowns as drilldownsType } from "../../src/detection/incidents/drilldown.ts";
import type { renderQuery as renderQueryType } from "../../src/logs/azure/renderQuery.ts";
import { denialRow, type Row } from "../builders.ts";
import { temporaryFolder } from "../cli/terminal.ts";
import { CopyOfSource } from "./copyOfSource.ts";

const recipes = [
  "A phrase",
  "A rule",
  "A kind of window",
  "A layout of files",
  "A name of a field",
  "A command",
  "An engine to export to",
  "A setting",
  "A sink",
];

test("every recipe of CONTRIBUTING.md is followed here", () => {
  const contributing = readFileSync(new URL("../../CONTRIBUTING.md", import.meta.url), "utf8");
  const [, section = ""] = /^## Recipes\n(.*?)^## /ms.exec(contributing) ?? [];
  expect([...section.matchAll(/^### (.*)$/gm)].map(([, name]) => name)).toEqual(recipes);
});

const copy = new CopyOfSource();
let command = "";

beforeAll(async () => {
  addPhrase();
  addRule();
  addKindOfWindow();
  addLayout();
  addFieldName();
  addCommand();
  addExporter();
  addSetting();
  addSink();
  expect(copy.compile()).toEqual([]);
  // The program without what starts it, which expects the names of built bundles.
  copy.addFile(
    "src/cli/start.ts",
    `import { run } from "./run.ts";
     const { stdout, stderr, env } = process;
     const { signal } = new AbortController();
     process.exitCode = await run(process.argv.slice(2), { stdout, stderr, env, signal });`,
  );
  command = await copy.bundle("src/cli/start.ts");
}, 120_000);
afterAll(() => {
  copy.remove();
});

/** The command line of the copy. */
function mfaDeny(args: readonly string[], stdin: string | readonly Row[] = "") {
  const input =
    typeof stdin === "string" ? stdin : stdin.map((row) => JSON.stringify(row)).join("\n");
  const { stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    input,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return stdout;
}

interface Report {
  readonly findings: readonly { readonly rule: string; readonly denials: number }[];
}

function findingsIn(args: readonly string[], rows: string | readonly Row[]): Report["findings"] {
  const report = mfaDeny(["detect", "-", "--format", "json", ...args], rows);
  return (JSON.parse(report) as Report).findings;
}

/** Denials that no rule that ships fires on: too far apart. */
const rare = ["06:00", "09:00", "12:00", "15:00", "18:00"].map((at) => denialRow(at));

function addPhrase(): void {
  copy.addAfter("src/detection/signin/phrases.ts", '"reported fraud",', ' "vermeldete betrug",');
}

describe("A phrase", () => {
  test("that is added is found by the byte search, and by reading every row", () => {
    const text = close.map((row) => JSON.stringify({ ...row, ResultType: "0" })).join("\n");
    const fraud = text.replaceAll(/MFA denied; [^"\\]*/g, "Vermeldete Betrug");
    expect(fraud).toContain("Vermeldete Betrug");
    expect(findingsIn([], fraud)).toMatchObject([{ denials: 5, fraudReports: 5 }]);
    expect(findingsIn(["--every-row"], fraud)).toEqual(findingsIn([], fraud));
  });

  test("that is added is in the query of the app, and in a drill-down of incidents", async () => {
    const { renderQuery, drilldowns } = (await import(
      pathToFileURL(
        await copy.bundle("src/logs/azure/renderQuery.ts", "src/detection/incidents/drilldown.ts"),
      ).href
    )) as { renderQuery: typeof renderQueryType; drilldowns: typeof drilldownsType };
    const range = { from: 0, to: 1 };
    const asked = renderQuery("{{denialWords}}", {
      by: "ingested",
      range,
      users: null,
      shard: null,
    });
    const facts = { firstDenialAt: 0, lastDenialAt: 1 } as Parameters<typeof drilldowns>[1];
    const account = { tenantId: null, user: "alice@contoso.com" };
    for (const query of [
      asked,
      ...drilldowns(account, facts, [])
        .slice(4, 5)
        .map((each) => each.query),
    ]) {
      expect(query).toContain('"declined"');
      expect(query).toMatch(/"(?:vermeldete|betrug)"/);
    }
  });
});

function addRule(): void {
  copy.addFile(
    "src/detection/rules/single-denial.yaml",
    `- id: single-denial
  name: Single denial
  mode: off
  window: PT1M
  threshold: 1
  counted: [denied]
  severity: Low
  message: User {user} refused an MFA prompt.
  knownFalsePositives: Any user who refuses a prompt by mistake.
  source: A test
`,
  );
  copy.addAfter(
    "src/detection/rules/presets.ts",
    'import mfaDenyThenApproveFile from "./mfa-deny-then-approve.yaml";\n',
    'import singleDenialFile from "./single-denial.yaml";\n',
  );
  copy.addAfter(
    "src/detection/rules/presets.ts",
    "  mfaDenyThenApproveFile,\n",
    "  singleDenialFile,\n",
  );
}

describe("A rule", () => {
  test("that is added is listed, and fires", () => {
    expect(mfaDeny(["rules"])).toMatch(/^single-denial +off +1 or more denials within 1 minute/m);
    const found = findingsIn(["--rule", "single-denial"], rare);
    expect(found.map(({ rule }) => rule)).toEqual(rare.map(() => "single-denial"));
  });
});

const windowFile = {
  path: "src/detection/bursts/endless.ts",
  content: `import type { WindowKind } from "./windowing.ts";

export const endless: WindowKind = {
  cut({ threshold }, { from, to }, take) {
    take(from, to, to - from < threshold ? -1 : from + threshold - 1);
  },
  sweep: (_, most) => ({ from, to }, take) => {
    for (let threshold = 1; threshold <= Math.min(most, to - from); threshold++) {
      take(threshold, from, to, from + threshold - 1);
    }
  },
  extentOf: (_, first, last) => ({ from: first, to: last }),
  fitsWindow: () => true,
  longestGap: () => Infinity,
  silence: 1,
};
`,
};

function addKindOfWindow(): void {
  nameKindOfWindow(copy);
  copy.addFile(windowFile.path, windowFile.content);
  listKindOfWindow(copy, "endless");
}

function nameKindOfWindow(to: CopyOfSource): void {
  to.addAfter(
    "src/detection/rules/rule.ts",
    'tumbling: "in a fixed span of"',
    ', endless: "however far apart, at least"',
  );
}

function listKindOfWindow(to: CopyOfSource, entry: string): void {
  to.addAfter(
    "src/detection/bursts/windowKinds.ts",
    'import { sliding } from "./sliding.ts";\n',
    'import { endless } from "./endless.ts";\n',
  );
  to.addAfter(
    "src/detection/bursts/windowKinds.ts",
    "const kinds = { sliding, tumbling",
    `, ${entry}`,
  );
}

describe("A kind of window", () => {
  test("that is added groups denials its own way", () => {
    const rules = join(temporaryFolder(), "rules.json");
    writeFileSync(rules, JSON.stringify([{ id: "explicit-mfa-deny", kind: "endless" }]));
    expect(findingsIn([], rare)).toEqual([]);
    expect(findingsIn(["--rules", rules], rare)).toMatchObject([{ denials: rare.length }]);
  });

  test("does not compile before it is in the list, nor before its file is complete", () => {
    const half = new CopyOfSource();
    try {
      nameKindOfWindow(half);
      expect(half.compile("src/detection")).toContainEqual(
        expect.stringMatching(/^src\/detection\/bursts\/windowKinds\.ts: .*'endless' is missing/),
      );
      half.addFile(windowFile.path, windowFile.content.replace(/ {2}silence.*\n/, ""));
      listKindOfWindow(half, "endless");
      expect(half.compile("src/detection")).toEqual([
        expect.stringMatching(/^src\/detection\/bursts\/endless\.ts: .*silence/),
      ]);
    } finally {
      half.remove();
    }
  }, 60_000);
});

function addLayout(): void {
  copy.addFile(
    "src/logs/files/containers/pipes.ts",
    `import type { FileLayout } from "./fileLayouts.ts";
import { LineReader } from "./lineReader.ts";
import type { FileStart } from "./fileStart.ts";

/** Lines of JSON, each behind a pipe. */
export function pipes({ bytes }: FileStart): FileLayout | null {
  return !bytes.toString("latin1").startsWith("|{")
    ? null
    : {
        container: "ndjson",
        open(maker) {
          const reader = new LineReader(maker);
          const withoutPipes = (chunk: Buffer) =>
            Buffer.from(chunk.toString("latin1").replaceAll("|", " "), "latin1");
          return { push: (chunk) => reader.push(withoutPipes(chunk)), end: () => reader.end() };
        },
      };
}
`,
  );
  const path = "src/logs/files/containers/fileLayouts.ts";
  copy.addAfter(
    path,
    'import type { FileStart } from "./fileStart.ts";\n',
    'import { pipes } from "./pipes.ts";\n',
  );
  copy.addAfter(path, "FileLayout | null)[] = [", "pipes, ");
}

const close = ["09:00", "09:01", "09:02", "09:03", "09:04"].map((at) => denialRow(at));

describe("A layout of files", () => {
  test("that is added is recognised and read", () => {
    const text = close.map((row) => `|${JSON.stringify(row)}\n`).join("");
    expect(findingsIn([], text)).toMatchObject([{ denials: 5 }]);
  });
});

function addFieldName(): void {
  copy.addAfter(
    "src/detection/signin/fieldNames.ts",
    'UserPrincipalName: ["UserPrincipalName", ',
    '"Nutzer", ',
  );
}

describe("A name of a field", () => {
  test("that is added is read like the others", () => {
    const text = JSON.stringify(close).replaceAll('"UserPrincipalName"', '"Nutzer"');
    expect(findingsIn([], text)).toMatchObject([{ denials: 5, user: "alice@contoso.com" }]);
  });
});

function addCommand(): void {
  copy.addFile(
    "src/cli/count/count.ts",
    `import { exitCodes, type Command } from "../command.ts";
import { heads } from "../heads.ts";

export const count: Command = {
  ...heads.count,
  options: [],
  details: [],
  examples: [],
  run(_given, operands, { stdout }) {
    stdout.write(\`\${operands.length}\\n\`);
    return Promise.resolve(exitCodes.done);
  },
};
`,
  );
  copy.addAfter(
    "src/cli/heads.ts",
    "export const heads = {",
    'count: { name: "count", operands: "[WORD…]", summary: "Counts its operands." },',
  );
  copy.addAfter(
    "src/cli/commands.ts",
    "() => Promise<Command>>> = {",
    'count: async () => (await import("./count/count.ts")).count,',
  );
}

describe("A command", () => {
  test("that is added is in the help, and runs", () => {
    expect(mfaDeny(["--help"])).toMatch(/^ +count .*Counts its operands\.$/m);
    expect(mfaDeny(["count", "--help"])).toContain("mfa-deny count");
    expect(mfaDeny(["count", "a", "b"])).toBe("2\n");
  });
});

function addExporter(): void {
  copy.addFile(
    "src/cli/rules/export/single.ts",
    `import type { Exporter } from "./exporter.ts";
import { modelOfRows } from "./models.ts";

/** Fires on each row. */
export const single: Exporter = {
  id: "single",
  name: "Single",
  comment: "--",
  write: ({ id }) => \`SELECT * FROM rows -- \${id}\\n\`,
  model: (rule) => modelOfRows(rule, { kind: "row" }),
  leavesOut: () => ["It counts nothing."],
};
`,
  );
  copy.addAfter(
    "src/cli/rules/export/exporters.ts",
    'import { splunk } from "./splunk.ts";\n',
    'import { single } from "./single.ts";\n',
  );
  copy.addAfter("src/cli/rules/export/exporters.ts", "sigma, elastic", ", single");
}

describe("An engine to export to", () => {
  test("that is added is in the help, and its rule is measured", () => {
    expect(mfaDeny(["rules", "--help"])).toContain("elastic, single");
    const out = mfaDeny(["rules", "--export", "single"]);
    expect(out).toMatch(/^-- - it catches \d+ of \d+ findings$/m);
    expect(out).toMatch(/^-- - It counts nothing\.$/m);
    expect(out).toMatch(/^SELECT \* FROM rows -- explicit-mfa-deny\n$/m);
  });
});

function addSetting(): void {
  copy.addAfter(
    "src/settings/definitions.ts",
    "export const definitions = {\n",
    '  MOST_USERS: { fallback: "7", help: "Any number.", schema: wholeNumber(1, 9) },\n',
  );
  copy.addAfter(
    "src/settings/settings.ts",
    "export interface Settings {\n",
    "  readonly mostUsers: number;\n",
  );
  copy.addAfter(
    "src/settings/settings.ts",
    "  return {\n    workspaces,\n",
    "    mostUsers: values.MOST_USERS,\n",
  );
}

const least = {
  LOG_ANALYTICS_WORKSPACE_ID: "00000000-0000-0000-0000-0000000000aa",
  SENTINEL_WORKSPACE_RESOURCE_ID:
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/soc/providers/Microsoft.OperationalInsights/workspaces/sentinel",
  STATE_STORAGE: "UseDevelopmentStorage=true",
};

describe("A setting", () => {
  test("that is added has its default and its limits", async () => {
    const { readSettings } = (await import(
      pathToFileURL(await copy.bundle("src/settings/settings.ts")).href
    )) as {
      readSettings: (environment: Readonly<Record<string, string>>) => { mostUsers: number };
    };
    expect(readSettings(least).mostUsers).toBe(7);
    expect(readSettings({ ...least, MOST_USERS: "3" }).mostUsers).toBe(3);
    expect(() => readSettings({ ...least, MOST_USERS: "10" })).toThrow("MOST_USERS");
  });
});

function addSink(): void {
  nameSink(copy);
  copy.addFile(
    "src/sinks/console/consoleSink.ts",
    `import type { IncidentSink } from "../../run/ports.ts";

/** Writes the titles of incidents to standard output. */
export const consoleSink: IncidentSink = {
  name: "console",
  async deliver({ text }) {
    process.stdout.write(\`\${text.title}\\n\`);
  },
  async noteMerge() {},
};
`,
  );
  copy.addAfter(
    "src/app.ts",
    'import { appCredential } from "./azure/credential.ts";\n',
    'import { consoleSink } from "./sinks/console/consoleSink.ts";\n',
  );
  copy.addAfter(
    "src/app.ts",
    "IncidentSink | null>\n  > = {\n",
    "    console: () => consoleSink,\n",
  );
}

function nameSink(to: CopyOfSource): void {
  to.addAfter("src/settings/schemas.ts", 'const sinkNames = ["sentinel", "logs"', ', "console"');
}

describe("A sink", () => {
  test("that is added takes the incidents of a deployment that names it", async () => {
    const { composeApp } = (await import(pathToFileURL(await copy.bundle("src/app.ts")).href)) as {
      composeApp: typeof composeAppType;
    };
    const { settings, detectorOf } = composeApp({ ...least, INCIDENT_SINKS: "console" });
    const [workspace] = settings.workspaces;
    const log = { info() {}, warn() {}, error() {} };
    const { sinks } = await detectorOf(workspace!, log, new AbortController().signal);
    expect(sinks.map(({ name }) => name)).toEqual(["console"]);
  });

  test("does not compile before the app says how it is made", () => {
    const half = new CopyOfSource();
    try {
      nameSink(half);
      expect(half.compile("src/app.ts")).toEqual([
        expect.stringMatching(/^src\/app\.ts: .*'console' is missing/),
      ]);
    } finally {
      half.remove();
    }
  }, 60_000);
});
