// Imports point one way: functions → app → {settings, azure, files, pipeline} → detection → nothing.
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
  name: `${folder}-imports`,
  comment,
  severity: "error",
  from: { path: `^src/${folder}/` },
  to: { pathNot: [`^src/${folder}/`, ...allowed], ...condition },
});

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    layer(
      "detection",
      [],
      "Detection is pure: the same sign-ins give the same findings, on any machine. It imports " +
        "nothing but itself: no package, no Node, no clock, no environment.",
    ),
    layer(
      "pipeline",
      ["^src/detection/", packages("uuid")],
      "The use cases know detection and their own ports (pipeline/ports.ts). What does the I/O " +
        "is handed to them; they never import it.",
    ),
    layer(
      "generate",
      [],
      "The example tenant is generated from a seed alone, so that a seed gives the same rows everywhere.",
    ),
    layer(
      "settings",
      ["^src/detection/", packages("valibot")],
      "Settings are read from an environment that is handed over. They may name rules and presets, " +
        "but must not reach for Azure or files.",
    ),
    layer(
      "files",
      ["^src/(pipeline|detection)/", packages("csv-parse")],
      "The file adapters implement pipeline ports with Node alone (and a CSV parser).",
      exceptNode,
    ),
    layer(
      "azure",
      ["^src/(pipeline|detection|settings)/", packages("@azure/(?!functions)[^/]+|uuid|valibot")],
      "The Azure adapters implement pipeline ports with one SDK per file. They know nothing of the " +
        "Functions host, of files or of who uses them.",
      exceptNode,
    ),
    {
      name: "app-imports",
      comment:
        "src/app.ts puts the real adapters together. The stand-ins (local), the command line and the " +
        "example generator must stay out of what is deployed.",
      severity: "error",
      from: { path: "^src/app\\.ts$" },
      to: { pathNot: "^src/(settings|azure|files|pipeline|detection)/", ...exceptNode },
    },
    {
      name: "functions-imports",
      comment:
        "A door translates and calls one use case that src/app.ts hands it. It may name types of the " +
        "inner layers, but never an adapter.",
      severity: "error",
      from: { path: "^functions/" },
      to: {
        pathNot: [
          "^functions/",
          "^src/app\\.ts$",
          "^src/(pipeline|detection|settings)/",
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
      to: { path: ["^src/(azure|local)/", "^src/app\\.ts$", packages("@azure")] },
    },
    {
      name: "local-is-a-leaf",
      comment:
        "The stand-ins for Azure are for a run without Azure and for tests. Nothing that is deployed " +
        "or published may import them.",
      severity: "error",
      from: { pathNot: "^(src/local|test|scripts|bench)/" },
      to: { path: "^src/local/" },
    },
    {
      name: "app-is-for-the-doors",
      comment: "Whoever imports the composition root knows everybody. That is for the doors only.",
      severity: "error",
      from: { pathNot: "^(functions|src/local|test|scripts|bench)/" },
      to: { path: "^src/app\\.ts$" },
    },
    {
      name: "doors-are-outermost",
      comment: "The Functions host calls the doors; no code of ours does, but tests.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^functions/" },
    },
    {
      name: "known-folders-only",
      comment:
        "A new folder in src/ has no rule yet, so nothing would hold it. Give it one here, then add " +
        "it to this list.",
      severity: "error",
      from: {},
      to: {
        path: "^src/",
        pathNot: "^src/(app\\.ts$|(detection|pipeline|generate|settings|files|azure|cli|local)/)",
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
      from: { pathNot: "^(src/local|test)/" },
      to: { path: packages("azurite|@kusto/[^/]+") },
    },
    {
      name: "no-dev-dependencies",
      comment: "What is deployed or published can import only what npm installs for its users.",
      severity: "error",
      from: { path: "^(src|functions)/", pathNot: "^src/local/" },
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
      from: { orphan: true, path: "^(src|functions)/", pathNot: "\\.d\\.ts$" },
      to: {},
    },
  ],
  options: {
    // With TypeScript 7 the default parser sees no module at all, and calls that a pass.
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    extraExtensionsToScan: [".kql", ".wat"],
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
      extensions: [".ts", ".mjs", ".js", ".cjs", ".json"],
    },
  },
};
