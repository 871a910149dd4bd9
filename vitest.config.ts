import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { NearestFirst } from "./test/nearestFirst.ts";
import { assembled } from "./scripts/wat.mjs";
import { readAsJson } from "./scripts/yaml.mjs";

/** What starts programs, servers or Azurite, or takes seconds: not for a run before every push. */
const slow = [
  "test/{azure,build,contract,functions,long,standins}/**",
  "test/bench/{data,simulation}.test.ts",
  "test/cli/{contextSchema,detect,doctor,formats,incidents,rulesFile,text,tune,verdict}.test.ts",
  "test/detection/context/campaignFinder.test.ts",
  "test/detection/incidents/{drilldown,incident}.test.ts",
  "test/detection/prompts/sightingTableLaws.test.ts",
  "test/docs/repository.test.ts",
  "test/infra/{findings,shippedQueries}.test.ts",
  "test/laws/{equality,families,lateness,monotone,moreWithContext,names,nothingSilent,oracle,order,scopes,search,withContext}.test.ts",
  "test/logs/azure/**",
  "test/logs/files/{anyLayout,bounds,kinds,readRecords,stepJoin}.test.ts",
  "test/logs/files/containers/{containers,gzip,zip}.test.ts",
  "test/logs/files/search/{lineRanges,relatedLines}.test.ts",
  "test/run/{hash53,queryCache,readAround,sweep}.test.ts",
  "test/settings/rulesSchema.test.ts",
  "test/sinks/{findings,sentinel}/**",
  "test/state/table/**",
  "test/tenant/**",
];

/** Too slow for `npm test`, which a newcomer waits for. CI runs these with the same share of cases. */
const longer = [
  "test/azure/connections.test.ts",
  "test/cli/{docs,generate,rulesExport,state}.test.ts",
  "test/contract/stateStore.test.ts",
  "test/docs/{defender,recipes,tuning}.test.ts",
  "test/e2e/**/*.test.ts",
  "test/functions/{functions,msp,runLine,tune}.test.ts",
  "test/infra/removeFromWorkspace.test.ts",
  "test/laws/{moreWithContext,slicing,tune}.test.ts",
  "test/logs/azure/{logAnalytics,queries}.test.ts",
  "test/logs/azure/context/contextSource.test.ts",
  "test/logs/files/{everyDialect,hostile}.test.ts",
  "test/logs/files/containers/csv*.test.ts",
  "test/logs/files/search/{everyRow,everyRowOfCsv,mixedKinds}.test.ts",
  "test/proof/**/*.test.ts",
  "test/run/{accountCases,decideAccounts}.test.ts",
  "test/run/runDetection{AtOnce,Crash,Slices}.test.ts",
  "test/standins/localAzure.test.ts",
  "test/state/table/{names,tableBackfillJobs,tableState}.test.ts",
  "test/upgrade/**/*.test.ts",
];

/** Slower still. CI runs these with all of their cases. */
const heavy = [
  "test/doctor/localAzure.test.ts",
  "test/e2e/{appSinks,cliStart,cliThreads}.test.ts",
  "test/infra/{compiled,package}.test.ts",
  "test/logs/files/containers/parquet.test.ts",
  "test/logs/files/memory.test.ts",
  "test/proof/{atOnceTable,crashPoints,faults,securityCanaries,securityRoles,securitySupply}.test.ts",
  "test/standins/azurite.test.ts",
  "test/standins/functionsHost/**/*.test.ts",
];

const everything = "test/**/*.test.ts";
const core = "test/{detection,golden}/**/*.test.ts";
/** Tests that share a process: they change nothing that another file could see. */
const rooms =
  "test/{bench,cli,contract,docs,infra,laws,logs,run,scenarios,settings,sinks,state,tenant,standins/logService,standins/ingestion}/**/*.test.ts";

/**
 * Which tests a run takes; scripts/test.mjs sets it. `npx vitest` by itself is the quick run. How many cases the
 * laws and proofs try depends on it as well (test/cases.ts).
 */
const suites = {
  quick: { include: [everything], exclude: [...slow, ...longer, ...heavy] },
  coverage: { include: [core], exclude: [] },
  all: { include: [everything], exclude: ["test/long/**", ...longer, ...heavy] },
  longer: { include: longer, exclude: [...heavy] },
  heavy: { include: heavy, exclude: [] },
  whole: { include: [everything], exclude: ["test/long/**"] },
  long: { include: ["test/{long,proof,laws}/**/*.test.ts"], exclude: [] },
  // Runs again for every mutant, so slow tests are left out: where one example is enough, no law is needed.
  "mutation-detection": { include: [core], exclude: slow },
  "mutation-run": {
    include: ["test/{run,sinks,golden}/**/*.test.ts"],
    exclude: [...slow, ...longer],
  },
} satisfies Record<string, { include: string[]; exclude: string[] }>;

const named = process.env["TEST_SUITE"] ?? "quick";
if (!isSuite(named)) {
  throw new Error(`TEST_SUITE is "${named}"; it can be ${Object.keys(suites).join(", ")}.`);
}
const isMutation = named.startsWith("mutation-");
const isSplit = !isMutation && !["long", "longer", "heavy"].includes(named);

/** The files of a suite, by what they share. A folder that nobody has listed is isolated. */
function projectsOf({ include, exclude }: (typeof suites)[keyof typeof suites]) {
  const project = (name: string, files: string[], others: string[], isolate: boolean) => ({
    extends: true as const,
    test: { name, isolate, include: files, exclude: [...exclude, ...others] },
  });
  const coreAlone = project("core", [core], [], false);
  return include.includes(core)
    ? [coreAlone]
    : [
        coreAlone,
        project("rooms", [rooms], [], false),
        project("programs", include, [core, rooms], true),
      ];
}

const { version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")) as {
  version: string;
};

export default defineConfig({
  define: { __VERSION__: JSON.stringify(version) },
  plugins: [
    {
      name: "wat-as-bytes",
      enforce: "pre",
      async load(id) {
        return id.endsWith(".wat") ? { code: await assembled(id), map: null } : null;
      },
    },
    {
      name: "yaml-as-values",
      enforce: "pre",
      async load(id) {
        return id.endsWith(".yaml")
          ? { code: `export default ${await readAsJson(id)};`, map: null }
          : null;
      },
    },
    {
      name: "kql-as-text",
      enforce: "pre",
      load(id) {
        if (!id.endsWith(".kql")) {
          return null;
        }
        return { code: `export default ${JSON.stringify(readFileSync(id, "utf8"))};`, map: null };
      },
    },
  ],
  test: {
    // Starting a process for each file would take a third of the time.
    ...(isSplit ? { projects: projectsOf(suites[named]) } : suites[named]),
    environment: "node",
    // Much of the time goes into waiting for programs and servers.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // A mutant counts as found by what a test says, never because the machine was slow.
    testTimeout: ["whole", "long"].includes(named) || isMutation ? 600_000 : 60_000,
    hookTimeout: 60_000,
    ...(isMutation && { sequence: { sequencer: NearestFirst } }),
    coverage: {
      provider: "custom",
      customProviderModule: "test/coverageOfCore.ts",
      include: ["src/detection/**/*.ts"],
      reporter: [["text", { skipFull: true }]],
      thresholds: {
        // The code that decides about incidents is pure, so there is no excuse for an untested branch.
        "src/detection/**": { branches: 100, functions: 100, lines: 100, statements: 100 },
      },
    },
  },
});

function isSuite(name: string): name is keyof typeof suites {
  return Object.hasOwn(suites, name);
}
