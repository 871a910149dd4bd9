// Checks the rules in .dependency-cruiser.cjs, and that they bite: each has a small program below
// that breaks it. Without that, a parser that sees nothing would pass everything.
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
  { breaks: "detection-imports", file: "src/detection/a.ts", imports: "node:fs" },
  { breaks: "detection-imports", file: "src/detection/a.ts", imports: "../pipeline/b.ts" },
  { breaks: "detection-imports", file: "src/detection/a.ts", imports: "valibot" },
  { breaks: "pipeline-imports", file: "src/pipeline/a.ts", imports: "../azure/b.ts" },
  { breaks: "pipeline-imports", file: "src/pipeline/a.ts", imports: "node:fs" },
  { breaks: "generate-imports", file: "src/generate/a.ts", imports: "node:crypto" },
  { breaks: "settings-imports", file: "src/settings/a.ts", imports: "../files/b.ts" },
  { breaks: "files-imports", file: "src/files/a.ts", imports: "@azure/data-tables" },
  { breaks: "azure-imports", file: "src/azure/a.ts", imports: "@azure/functions" },
  { breaks: "app-imports", file: "src/app.ts", imports: "./local/b.ts" },
  { breaks: "functions-imports", file: "functions/a.ts", imports: "../src/azure/b.ts" },
  { breaks: "cli-imports", file: "src/cli/a.ts", imports: "../azure/b.ts" },
  { breaks: "local-is-a-leaf", file: "src/cli/a.ts", imports: "../local/b.ts" },
  { breaks: "app-is-for-the-doors", file: "src/cli/a.ts", imports: "../app.ts" },
  { breaks: "doors-are-outermost", file: "src/local/a.ts", imports: "../../functions/b.ts" },
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
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

/** @returns {Promise<string[]>} */
async function brokenRules() {
  const folders = ["src", "functions", "test", "scripts"].filter((name) =>
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

/** @returns {Promise<string[]>} the rules without a canary, and the canaries that sing on */
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
  if (typeof output === "string")
    throw new Error("dependency-cruiser answered with a report, not with data");
  return output;
}
