// Checks the rules in .dependency-cruiser.cjs, and that each of them works: below is a small program for each that
// breaks it. Without that, a parser that sees nothing would pass everything.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cruise } from "dependency-cruiser";
import extractOptions from "dependency-cruiser/config-utl/extract-depcruise-options";

const root = fileURLToPath(new URL("..", import.meta.url));
const options = await extractOptions(join(root, ".dependency-cruiser.cjs"));

/** @type {readonly { breaks: string, file: string, imports: string }[]} */
const canaries = [
  { breaks: "detection-imports", file: "src/detection/signin/a.ts", imports: "node:fs" },
  { breaks: "detection-imports", file: "src/detection/signin/a.ts", imports: "../../run/b.ts" },
  { breaks: "detection-imports", file: "src/detection/signin/a.ts", imports: "valibot" },
  {
    breaks: "detection-signin-imports",
    file: "src/detection/signin/a.ts",
    imports: "../rules/b.ts",
  },
  {
    breaks: "detection-rules-imports",
    file: "src/detection/rules/a.ts",
    imports: "../prompts/b.ts",
  },
  {
    breaks: "detection-prompts-imports",
    file: "src/detection/prompts/a.ts",
    imports: "../bursts/b.ts",
  },
  {
    breaks: "detection-bursts-imports",
    file: "src/detection/bursts/a.ts",
    imports: "../decisions/b.ts",
  },
  {
    breaks: "detection-context-imports",
    file: "src/detection/context/a.ts",
    imports: "../decisions/b.ts",
  },
  {
    breaks: "detection-decisions-imports",
    file: "src/detection/decisions/a.ts",
    imports: "../incidents/b.ts",
  },
  {
    breaks: "detection-incidents-imports",
    file: "src/detection/incidents/a.ts",
    imports: "../other/b.ts",
  },
  { breaks: "run-imports", file: "src/run/a.ts", imports: "../azure/b.ts" },
  { breaks: "run-imports", file: "src/run/a.ts", imports: "../state/b.ts" },
  { breaks: "run-imports", file: "src/run/a.ts", imports: "node:fs" },
  { breaks: "logs-azure-imports", file: "src/logs/azure/a.ts", imports: "../files/b.ts" },
  { breaks: "logs-files-imports", file: "src/logs/files/a.ts", imports: "@azure/data-tables" },
  { breaks: "search-has-one-door", file: "src/logs/files/a.ts", imports: "./search/b.ts" },
  { breaks: "state-imports", file: "src/state/a.ts", imports: "../sinks/b.ts" },
  { breaks: "state-without-azure", file: "src/state/disk/a.ts", imports: "../../azure/b.ts" },
  { breaks: "sinks-imports", file: "src/sinks/folder/a.ts", imports: "../../state/b.ts" },
  {
    breaks: "folder-sink-without-azure",
    file: "src/sinks/folder/a.ts",
    imports: "../../azure/b.ts",
  },
  { breaks: "azure-imports", file: "src/azure/a.ts", imports: "@azure/functions" },
  { breaks: "azure-imports", file: "src/azure/a.ts", imports: "../state/b.ts" },
  { breaks: "doctor-imports", file: "src/doctor/a.ts", imports: "../logs/files/b.ts" },
  { breaks: "doctor-is-loaded-late", file: "src/cli/a.ts", imports: "../doctor/main.ts" },
  { breaks: "doctor-is-loaded-late", file: "functions/a.ts", imports: "../src/doctor/inApp.ts" },
  { breaks: "settings-imports", file: "src/settings/a.ts", imports: "../logs/files/b.ts" },
  { breaks: "tenant-imports", file: "src/tenant/a.ts", imports: "node:crypto" },
  { breaks: "app-imports", file: "src/app.ts", imports: "../standins/b.ts" },
  { breaks: "app-imports", file: "src/app.ts", imports: "./logs/files/b.ts" },
  { breaks: "functions-imports", file: "functions/a.ts", imports: "../src/azure/b.ts" },
  { breaks: "cli-imports", file: "src/cli/a.ts", imports: "../azure/b.ts" },
  { breaks: "cli-reaches-no-azure-sdk", file: "src/cli/a.ts", imports: "@azure/identity" },
  { breaks: "standins-are-a-leaf", file: "src/cli/a.ts", imports: "../../standins/b.ts" },
  { breaks: "app-is-for-the-doors", file: "src/cli/a.ts", imports: "../app.ts" },
  { breaks: "doors-are-outermost", file: "standins/a.ts", imports: "../functions/b.ts" },
  { breaks: "known-folders-only", file: "src/cli/a.ts", imports: "../utils/b.ts" },
  { breaks: "not-to-test", file: "src/cli/a.ts", imports: "../../test/b.ts" },
  { breaks: "azure-stand-ins-stay-local", file: "src/cli/a.ts", imports: "azurite" },
  { breaks: "no-dev-dependencies", file: "src/cli/a.ts", imports: "fast-check" },
  { breaks: "no-undeclared-packages", file: "src/cli/a.ts", imports: "tslib" },
  { breaks: "no-unresolvable", file: "src/cli/a.ts", imports: "./gone.ts" },
  { breaks: "no-circular", file: "src/cli/a.ts", imports: "./a.ts" },
  { breaks: "no-orphans", file: "src/cli/a.ts", imports: "" },
];

const problems = [...(await brokenRules()), ...(await toothlessRules())];
for (const problem of problems) {
  console.error(problem);
}
if (problems.length > 0) {
  process.exitCode = 1;
}

/** @returns {Promise<string[]>} */
async function brokenRules() {
  const folders = ["src", "functions", "standins", "test", "scripts"].filter((name) =>
    existsSync(join(root, name)),
  );
  const { modules, summary } = await cruiseIn(root, folders);

  const seen = modules.filter(({ source }) => /^src\/.*\.ts$/.test(source)).length;
  const written = readdirSync(join(root, "src"), { recursive: true }).filter((path) =>
    String(path).endsWith(".ts"),
  ).length;
  if (seen < written) {
    return [`architecture: saw ${seen} modules in src, but it has ${written} TypeScript files.`];
  }
  console.log(
    `architecture: ${seen} modules in src, ${summary.violations.length} broken rules, ${canaries.length} canaries.`,
  );

  /** @type {Map<string, string>} */
  const comments = new Map(
    options.ruleSet?.forbidden?.map((rule) => [rule.name ?? "", rule.comment ?? ""]),
  );
  return summary.violations.map(({ rule, from, to }) =>
    from === to
      ? `${from}\n  ${rule.name}: ${comments.get(rule.name)}`
      : `${from} → ${to}\n  ${rule.name}: ${comments.get(rule.name)}`,
  );
}

/** @returns {Promise<string[]>} the rules without a canary, and the canaries that were not reported */
async function toothlessRules() {
  const silent = [];
  for (const canary of canaries) {
    if (!(await isReported(canary))) {
      silent.push(
        `architecture: ${canary.breaks} let ${canary.file} import "${canary.imports}"; the check is blind.`,
      );
    }
  }
  const untried = (options.ruleSet?.forbidden ?? [])
    .filter(({ name }) => canaries.every(({ breaks }) => breaks !== name))
    .map(({ name }) => `architecture: the rule ${name} has no canary in scripts/architecture.mjs.`);
  return [...silent, ...untried];
}

/** @param {typeof canaries[number]} canary */
async function isReported({ breaks, file, imports }) {
  const cage = mkdtempSync(join(tmpdir(), "mfa-deny-canary-"));
  try {
    symlinkSync(join(root, "node_modules"), join(cage, "node_modules"), "dir");
    symlinkSync(join(root, "package.json"), join(cage, "package.json"));
    if (imports.startsWith(".") && !imports.includes("gone")) {
      write(join(cage, dirname(file), imports), "export const b: number = 1;\n");
    }
    write(
      join(cage, file),
      imports === ""
        ? "export {};\n"
        : `import type { b } from "${imports}";\n\nexport const a: typeof b | undefined = undefined;\n`,
    );
    const { summary } = await cruiseIn(cage, [file]);
    return summary.violations.some(({ rule }) => rule.name === breaks);
  } finally {
    rmSync(cage, { recursive: true, force: true });
  }
}

/** @param {string} path @param {string} text */
function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** @param {string} baseDir @param {string[]} paths */
async function cruiseIn(baseDir, paths) {
  const { output } = await cruise(paths, { ...options, baseDir, preserveSymlinks: true });
  if (typeof output === "string") {
    throw new Error("dependency-cruiser answered with a report, not with data");
  }
  return output;
}
