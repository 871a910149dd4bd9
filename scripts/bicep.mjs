// Compiles infra/azuredeploy.bicep to infra/azuredeploy.json with Microsoft's own compiler, lints all of it, and
// takes a snapshot of what each file in infra/parameters would deploy. With --check it changes nothing and exits with
// 1 if a file does not match its sources. The compiler comes from NuGet. Without .NET, --check says so and compares
// hashes of the sources with those stored beside the template. --print-compiler prints the compiler's path.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const infra = join(root, "infra");
const hashes = "azuredeploy.sources.sha256";
const check = process.argv.includes("--check");
const cure = "run: node scripts/bicep.mjs";

/** Packages of the compiler, by Node's name of the platform. @type {Readonly<Record<string, string>>} */
const platforms = {
  "linux-x64": "linux-x64",
  "linux-arm64": "linux-arm64",
  "darwin-x64": "osx-x64",
  "darwin-arm64": "osx-arm64",
  "win32-x64": "win-x64",
  "win32-arm64": "win-arm64",
};

/** Names used in snapshots. Nothing is requested from Azure. */
const place = [
  "--subscription-id=00000000-0000-0000-0000-00000000000a",
  "--tenant-id=00000000-0000-0000-0000-0000000000aa",
  "--resource-group=rg-mfa-deny",
  "--location=westeurope",
  "--deployment-name=mfa-deny",
];

const compiler = process.argv.includes("--without-compiler") ? null : restoreCompiler();
if (process.argv.includes("--print-compiler")) {
  console.log(compiler ?? "");
} else if (compiler !== null) {
  process.exitCode = compile(compiler);
} else if (check) {
  process.exitCode = compareHashes();
} else {
  console.error("bicep: the compiler needs .NET, which is not installed.");
  process.exitCode = 1;
}

/** @param {string} bicep the compiler's path */
function compile(bicep) {
  const folder = mkdtempSync(join(tmpdir(), "mfa-deny-bicep-"));
  try {
    cpSync(infra, folder, { recursive: true });
    const warnings = ["main.bicep", "azuredeploy.bicep"].map((file) =>
      bicepIn(folder, bicep, ["lint", file]),
    );
    if (warnings.some((text) => text !== "")) {
      console.error(warnings.join(""));
      return 1;
    }
    bicepIn(folder, bicep, ["build", "azuredeploy.bicep", "--outfile", "azuredeploy.json"]);
    const parameters = readdirSync(join(folder, "parameters")).filter((name) =>
      name.endsWith(".bicepparam"),
    );
    for (const name of parameters) {
      bicepIn(folder, bicep, [
        "snapshot",
        join("parameters", name),
        "--mode",
        "overwrite",
        ...place,
      ]);
    }
    writeFileSync(join(folder, hashes), sourceHashes());
    const made = [
      "azuredeploy.json",
      hashes,
      ...parameters.map((name) =>
        join("parameters", name.replace(".bicepparam", ".snapshot.json")),
      ),
    ];
    return made.map((name) => settle(folder, name)).every(Boolean) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Writes a file, or compares it.
 *
 * @param {string} folder
 * @param {string} name
 */
function settle(folder, name) {
  const made = readFileSync(join(folder, name), "utf8").replaceAll("\r\n", "\n");
  const text = `${(name.endsWith(".snapshot.json") ? inOrder(made) : made).trimEnd()}\n`;
  const path = join(infra, name);
  const same = existsSync(path) && readFileSync(path, "utf8") === text;
  if (!check) {
    writeFileSync(path, text);
  } else if (!same) {
    console.error(`infra/${name} does not match its sources; ${cure}`);
    return false;
  }
  console.log(`bicep: infra/${name} ${same ? "matches its sources" : "written"}`);
  return true;
}

/**
 * Sorts the outputs of a snapshot, whose order varies.
 *
 * @param {string} snapshot
 */
function inOrder(snapshot) {
  const { outputs, ...rest } = JSON.parse(snapshot);
  const sorted = Object.entries(outputs).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify({ ...rest, outputs: Object.fromEntries(sorted) }, null, 2);
}

/**
 * @param {string} folder
 * @param {string} bicep
 * @param {readonly string[]} args
 * @returns {string} its warnings
 */
function bicepIn(folder, bicep, args) {
  const { status, stderr } = spawnSync(bicep, args, { cwd: folder, encoding: "utf8" });
  if (status !== 0) {
    throw new Error(`bicep ${args.join(" ")} failed:\n${stderr}`);
  }
  return stderr.replaceAll(folder, "infra");
}

/** One line per file, in the format of sha256sum. */
function sourceHashes() {
  return readdirSync(infra, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) =>
      /\.(?:bicep|bicepparam|kql)$|^(?:findings\/.*|(?:bicepconfig|leastPrivilegeRole|release|workbook)\.json)$/.test(
        name,
      ),
    )
    .toSorted()
    .map((name) => {
      const text = readFileSync(join(infra, name), "utf8").replaceAll("\r\n", "\n");
      return `${createHash("sha256").update(text).digest("hex")}  ${name}\n`;
    })
    .join("");
}

function compareHashes() {
  const kept = new Set(readFileSync(join(infra, hashes), "utf8").split("\n"));
  const now = new Set(sourceHashes().split("\n"));
  const changed = [...now].filter((line) => !kept.has(line));
  const gone = [...kept].filter((line) => !now.has(line));
  for (const line of new Set([...changed, ...gone].map((text) => text.slice(66)))) {
    console.error(`infra/${line} is not what infra/azuredeploy.json was compiled from; ${cure}`);
  }
  console.log(
    "bicep: not compiled, because .NET is not installed; compared the hashes of the sources instead.",
  );
  return changed.length + gone.length === 0 ? 0 : 1;
}

/** @returns {string | null} the compiler's path; null without .NET */
function restoreCompiler() {
  const version = spawnSync("dotnet", ["--version"], { encoding: "utf8" });
  if (version.error !== undefined || version.status !== 0) {
    return null;
  }
  const platform = platforms[`${process.platform}-${process.arch}`];
  if (platform === undefined) {
    return null;
  }
  const scratch = mkdtempSync(join(tmpdir(), "mfa-deny-restore-"));
  try {
    const restored = spawnSync(
      "dotnet",
      [
        "restore",
        join(infra, "compiler.csproj"),
        `-p:BicepPlatform=${platform}`,
        `-p:TargetFramework=net${parseInt(version.stdout, 10)}.0`,
        `-p:MSBuildProjectExtensionsPath=${scratch}/`,
      ],
      { encoding: "utf8" },
    );
    if (restored.status !== 0) {
      throw new Error(`dotnet restore failed:\n${restored.stdout}${restored.stderr}`);
    }
    const { packageFolders, libraries } = JSON.parse(
      readFileSync(join(scratch, "project.assets.json"), "utf8"),
    );
    const [library] = Object.values(libraries);
    const [folder = ""] = Object.keys(packageFolders);
    return join(
      folder,
      library.path,
      "tools",
      process.platform === "win32" ? "bicep.exe" : "bicep",
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
