// Imports point one way: functions → app → {logs, state, sinks} → azure → settings, run → detection → nothing.
// scripts/architecture.mjs runs these rules and proves each of them with a small violation.

/** In a rule's `to`: Node's own modules are fine here. */
const exceptNode = { dependencyTypesNot: ["core"] };

/**
 * Matches packages by the path npm gives them, and by name when they have nothing to import.
 *
 * @param {string} names alternatives of a regular expression
 */
const packages = (names) => `^(node_modules/)?(${names})(/|$)`;

/**
 * @param {string} folder under src/
 * @param {readonly string[]} allowed what else it may import
 * @param {string} comment why
 * @param {object} [condition] what an import must also meet to break the rule
 */
const layer = (folder, allowed, comment, condition = {}) => ({
  name: `${folder.replace("/", "-")}-imports`,
  comment,
  severity: "error",
  from: { path: `^src/${folder}/` },
  to: { pathNot: [`^src/${folder}/`, ...allowed], ...condition },
});

/** The rooms of src/detection, in the order in which the data passes them. */
const detectionOrder = [
  "signin",
  "rules",
  "prompts",
  "bursts",
  "context",
  "decisions",
  "incidents",
];

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    layer(
      "detection",
      [packages("uuid")],
      "Detection is pure: the same sign-ins give the same findings, on any machine. It imports " +
        "nothing but itself and the pure uuid package: no Node, no clock, no environment.",
    ),
    ...detectionOrder.map((room, index) => ({
      name: `detection-${room}-imports`,
      comment:
        `Inside detection, imports follow the data: ${detectionOrder.join(" → ")}. A room may import ` +
        "the rooms before it, never those after it.",
      severity: "error",
      from: { path: `^src/detection/${room}/` },
      to: {
        path: "^src/detection/",
        pathNot: `^src/detection/(${detectionOrder.slice(0, index + 1).join("|")})/`,
      },
    })),
    layer(
      "run",
      ["^src/detection/", packages("uuid")],
      "The use cases know detection and their own ports (run/ports.ts). The adapters that do I/O " +
        "are passed in; a use case never imports one.",
    ),
    layer(
      "logs/azure",
      ["^src/(run|detection|azure)/", packages("@azure/(?!functions)[^/]+|valibot")],
      "The Log Analytics source implements a port of run/ with one SDK. It knows nothing of files.",
      exceptNode,
    ),
    layer(
      "logs/files",
      ["^src/(run|detection)/", packages("csv-parse|hyparquet|hyparquet-compressors")],
      "The file readers implement ports of run/ with Node and readers of CSV and Parquet. They never reach for Azure.",
      exceptNode,
    ),
    {
      name: "search-has-one-door",
      comment:
        "The byte search is an optimisation behind one door, search/search.ts. Nothing else outside " +
        "the folder may import its inside, so that it can be replaced as a whole.",
      severity: "error",
      from: { path: "^(src|functions|standins)/", pathNot: "^src/logs/files/search/" },
      to: { path: "^src/logs/files/search/", pathNot: "^src/logs/files/search/search\\.ts$" },
    },
    layer(
      "state",
      ["^src/(run|detection|azure|settings)/", packages("@azure/(?!functions)[^/]+")],
      "A state store implements the port of run/ over a table, a folder or memory.",
      exceptNode,
    ),
    {
      name: "state-without-azure",
      comment: "Only the table store needs Azure; the stores on disk and in memory run anywhere.",
      severity: "error",
      from: { path: "^src/state/", pathNot: "^src/state/table/" },
      to: { path: ["^src/(azure|settings)/", packages("@azure")] },
    },
    layer(
      "sinks",
      ["^src/(run|detection|azure)/", "^src/state/disk/", packages("@azure/[^/]+|valibot")],
      "A sink implements the port of run/. What it knows of its service stands in its own folder.",
      exceptNode,
    ),
    {
      name: "folder-sink-without-azure",
      comment: "The folder sink serves the command line, which works without Azure.",
      severity: "error",
      from: { path: "^src/sinks/folder/" },
      to: { path: ["^src/azure/", packages("@azure")] },
    },
    layer(
      "azure",
      ["^src/(run|settings)/", packages("@azure/(?!functions)[^/]+|uuid|valibot")],
      "What all Azure clients share: connection, retry, errors, credential. It knows no table, query or incident.",
      exceptNode,
    ),
    layer(
      "settings",
      ["^src/detection/", packages("valibot|yaml")],
      "Settings are read from an environment that is passed in, and rules from a text. They may name rules and " +
        "presets, but must not reach for Azure or files.",
    ),
    layer(
      "tenant",
      [],
      "The made-up tenant is generated from a seed alone, so that a seed gives the same rows everywhere.",
    ),
    layer(
      "doctor",
      [
        "^src/(run|detection|settings|azure|state/table)/",
        "^src/logs/azure/(columns|watchlists)\\.ts$",
        packages("@azure/(?!functions)[^/]+"),
      ],
      "The doctor asks Azure's services directly. It is a program of its own: neither the app nor the " +
        "command line carries its clients.",
      exceptNode,
    ),
    {
      name: "doctor-is-loaded-late",
      comment:
        "Only GET /api/doctor loads the doctor, by a dynamic import; the command line loads its program by " +
        "address and may name its request.",
      severity: "error",
      from: { path: "^(src|functions)/", pathNot: ["^src/doctor/", "^functions/doctor\\.ts$"] },
      to: { path: "^src/doctor/", pathNot: "^src/doctor/request\\.ts$" },
    },
    {
      name: "app-imports",
      comment:
        "src/app.ts puts the real adapters together. The stand-ins, the command line and the made-up " +
        "tenant must stay out of what is deployed.",
      severity: "error",
      from: { path: "^src/app\\.ts$" },
      to: { pathNot: "^src/(settings|azure|logs/azure|run|state|sinks|detection)/", ...exceptNode },
    },
    {
      name: "functions-imports",
      comment:
        "A door translates and calls one use case that src/app.ts provides. It may name types of the " +
        "inner layers, but never an adapter.",
      severity: "error",
      from: { path: "^functions/" },
      to: {
        pathNot: [
          "^functions/",
          "^src/app\\.ts$",
          "^src/(run|detection|settings)/",
          "^src/doctor/inApp\\.ts$",
          packages("@azure/functions"),
        ],
        ...exceptNode,
      },
    },
    {
      name: "cli-imports",
      comment:
        "The command line works on files, without Azure: it starts fast and needs no credential.",
      severity: "error",
      from: { path: "^src/cli/" },
      to: {
        path: [
          "^standins/",
          "^src/(azure|logs/azure|state/table)/",
          "^src/app\\.ts$",
          packages("@azure"),
        ],
      },
    },
    {
      name: "cli-reaches-no-azure-sdk",
      comment:
        "Nothing that the command line loads, however indirectly, may load an Azure SDK: it would " +
        "start slowly and ask for credentials.",
      severity: "error",
      from: { path: "^src/cli/" },
      to: { path: packages("@azure"), reachable: true },
    },
    {
      name: "standins-are-a-leaf",
      comment:
        "The stand-ins for Azure are a development tool. Nothing that is deployed or published may import them.",
      severity: "error",
      from: { pathNot: "^(standins|test|scripts|bench)/" },
      to: { path: "^standins/" },
    },
    {
      name: "app-is-for-the-doors",
      comment: "Whoever imports the composition root knows everybody. That is for the doors only.",
      severity: "error",
      from: { pathNot: "^(functions|standins|test|scripts|bench)/" },
      to: { path: "^src/app\\.ts$" },
    },
    {
      name: "doors-are-outermost",
      comment: "The Functions host calls the doors; no code of ours does, except tests.",
      severity: "error",
      from: { path: "^(src|standins)/" },
      to: { path: "^functions/" },
    },
    {
      name: "known-folders-only",
      comment:
        "A new folder in src/ needs a rule of its own here. Write one, then add the folder to this list.",
      severity: "error",
      from: {},
      to: {
        path: "^src/",
        pathNot: [
          "^src/(app\\.ts$|(run|state|sinks|azure|settings|cli|tenant|doctor)/)",
          "^src/logs/(azure|files)/",
          `^src/detection/(${detectionOrder.join("|")})/`,
        ],
      },
    },
    {
      name: "not-to-test",
      comment: "Code that only tests need lives in test/, and only tests import it.",
      severity: "error",
      from: { pathNot: "^test/" },
      to: { path: "^test/" },
    },
    {
      name: "azure-stand-ins-stay-local",
      comment: "The storage emulator and the KQL parser weigh 100 MB; neither is deployed.",
      severity: "error",
      from: { pathNot: "^(standins|test)/" },
      to: { path: packages("azurite|@kusto/[^/]+") },
    },
    {
      name: "no-dev-dependencies",
      comment: "What is deployed or published can import only what npm installs for its users.",
      severity: "error",
      from: { path: "^(src|functions)/" },
      to: { dependencyTypes: ["npm-dev"], pathNot: packages("@types/[^/]+") },
    },
    {
      name: "no-undeclared-packages",
      comment:
        "A package that package.json doesn't list is there by luck of somebody else's install.",
      severity: "error",
      from: {},
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown", "undetermined"] },
    },
    {
      name: "no-unresolvable",
      comment: "This import leads nowhere.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "no-circular",
      comment: "Modules that import each other are one module in two files; types count too.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-orphans",
      comment: "Nobody imports this file, and it imports nobody: it is left over.",
      severity: "error",
      // The parts of the kernel are included by its text.
      from: {
        orphan: true,
        path: "^(src|functions)/",
        pathNot: "\\.d\\.ts$|/kernel[A-Z]\\w+\\.wat$",
      },
      to: {},
    },
  ],
  options: {
    // With TypeScript 7 the default parser sees no module at all, and calls that a pass.
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    extraExtensionsToScan: [".kql", ".wat", ".yaml"],
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
      extensions: [".ts", ".mjs", ".js", ".cjs", ".json"],
    },
  },
};
