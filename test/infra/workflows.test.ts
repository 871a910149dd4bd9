import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly permissions?: Readonly<Record<string, string>>;
        readonly "timeout-minutes"?: number;
        readonly strategy?: { readonly matrix: Readonly<Record<string, readonly unknown[]>> };
        readonly steps: readonly {
          readonly uses?: string;
          readonly run?: string;
          readonly with?: Readonly<Record<string, unknown>>;
        }[];
      }
    >
  >;
}

const folder = ".github/workflows";
const names = readdirSync(folder);
const textOf = (name: string) => readFileSync(`${folder}/${name}`, "utf8");
const workflow = (name: string) => parse(textOf(name)) as Workflow;

/** GitHub's own parser of workflows, as far as it is used here. */
interface Parser {
  readonly NoOperationTraceWriter: new () => object;
  parseWorkflow(file: { name: string; content: string }, trace: object): Parsed;
  convertWorkflowTemplate(context: Parsed["context"], value: object): Promise<object>;
}

interface Parsed {
  readonly context: { readonly errors: { getErrors(): readonly { readonly message: string }[] } };
  readonly value?: object;
}

let scratch: string;
let parser: Parser;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "mfa-deny-workflows-"));
  const outfile = join(scratch, "parser.mjs");
  // It imports JSON without saying so, which Node refuses and a bundler does not.
  await build({
    stdin: { contents: 'export * from "@actions/workflow-parser";', resolveDir: process.cwd() },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile,
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  parser = (await import(pathToFileURL(outfile).href)) as Parser;
});
afterAll(() => rm(scratch, { recursive: true }));

/** What GitHub's parser finds wrong. */
async function problemsOf(name: string, content: string): Promise<readonly string[]> {
  const trace = new parser.NoOperationTraceWriter();
  const { context, value } = parser.parseWorkflow({ name, content }, trace);
  if (value !== undefined) {
    await parser.convertWorkflowTemplate(context, value);
  }
  return context.errors.getErrors().map(({ message }) => message);
}

describe.each(names)("%s", (name) => {
  const { permissions, jobs } = workflow(name);
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  test("is what GitHub's parser finds nothing wrong with", async () => {
    expect(await problemsOf(name, textOf(name))).toEqual([]);
  });

  test("takes every action at a commit, and says which version that is", () => {
    const lines = textOf(name)
      .split("\n")
      .filter((line) => /^\s*- uses:|^\s+uses:/.test(line));
    expect(lines).toHaveLength(steps.filter(({ uses }) => uses !== undefined).length);
    for (const line of lines) {
      expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  test("may do nothing that it does not say, and does not hang for hours", () => {
    expect(permissions).toBeDefined();
    expect(Object.values(permissions ?? {})).not.toContain("write");
    for (const job of Object.values(jobs)) {
      expect(job["timeout-minutes"]).toBeLessThanOrEqual(90);
    }
  });

  test("puts nothing that a caller gives into a command's text, and keeps no secret", () => {
    for (const { run = "" } of steps) {
      expect(run).not.toMatch(/\$\{\{/);
    }
    expect(textOf(name)).not.toMatch(/secrets\./);
  });
});

test.each([
  ["runs-on: ubuntu-latest", "run-on: ubuntu-latest", /run-on/],
  ["matrix.node }}", "matrx.node }}", /matrx/],
  ["contents: read", "contents: red", /red/],
  ["pull_request:", "pull_requests:", /pull_requests/],
])("GitHub's parser finds %s written as %s", async (right, wrong, says) => {
  const problems = await problemsOf("ci.yml", textOf("ci.yml").replace(right, wrong));
  expect(problems.join("\n")).toMatch(says);
});

test("CI tests on three systems with two versions of Node, and runs everything once with the compiler", () => {
  const { jobs } = workflow("ci.yml");
  expect(jobs["test"]?.strategy?.matrix).toEqual({
    os: ["ubuntu-latest", "windows-latest", "macos-latest"],
    node: [22, 24],
  });
  const runs = jobs["everything"]?.steps.map(({ run, uses }) => run ?? uses).join("\n");
  expect(runs).toMatch(/setup-dotnet@[^]*\.ci\/run/);
});

test("a release attests every file that it publishes", () => {
  const { jobs, on } = workflow("release.yml");
  expect(on).toEqual({ push: { tags: ["v*.*.*"] } });
  const steps = jobs["release"]?.steps ?? [];
  const attested = steps.find(({ uses }) => uses?.startsWith("actions/attest-build-provenance@"));
  expect(attested?.with).toEqual({ "subject-checksums": "out/release/SHA256SUMS" });
  expect(jobs["release"]?.permissions).toEqual({
    contents: "write",
    "id-token": "write",
    attestations: "write",
  });
});

test("deploying signs in without a secret, after it has checked what it deploys", () => {
  const steps = workflow("deploy.yml").jobs["deploy"]?.steps ?? [];
  const [take, login, deploy] = steps;
  expect(take?.run).toMatch(/sha256sum --check[^]*gh attestation verify/);
  expect(Object.keys(login?.with ?? {})).toEqual(["client-id", "tenant-id", "subscription-id"]);
  const template = JSON.parse(readFileSync("infra/azuredeploy.json", "utf8")) as {
    parameters: Readonly<Record<string, unknown>>;
  };
  for (const [, parameter] of (deploy?.run ?? "").matchAll(/\s(\w+)="\$/g)) {
    expect(Object.keys(template.parameters)).toContain(parameter);
  }
});

test("Dependabot looks after packages, actions and the compiler", () => {
  const { updates } = parse(readFileSync(".github/dependabot.yml", "utf8")) as {
    updates: readonly { "package-ecosystem": string }[];
  };
  const kinds = new Set(updates.map((each) => each["package-ecosystem"]));
  expect(kinds).toEqual(new Set(["npm", "github-actions", "nuget"]));
});
