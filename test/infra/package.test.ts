/** The package as npm makes it of a fresh clone, installed in an empty folder. */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const shell = process.platform === "win32";
const minutes = 5 * 60_000;

let folder: string;
let packed: { readonly filename: string; readonly files: readonly { readonly path: string }[] };

/** What a commit of this state would hold, and the packages beside it. */
function freshClone(place: string): void {
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  for (const name of listed.split("\0").filter((each) => each !== "" && existsSync(each))) {
    mkdirSync(dirname(join(place, name)), { recursive: true });
    cpSync(name, join(place, name));
  }
  symlinkSync(resolve("node_modules"), join(place, "node_modules"), "junction");
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mfa-deny-package-"));
  const clone = join(folder, "clone");
  freshClone(clone);
  const answer = execFileSync("npm", ["pack", "--json"], { cwd: clone, encoding: "utf8", shell });
  [packed] = JSON.parse(answer) as [typeof packed];
  mkdirSync(join(folder, "empty"));
  execFileSync("npm", ["init", "-y"], { cwd: join(folder, "empty"), shell });
  execFileSync(
    "npm",
    ["install", "--offline", "--no-audit", "--no-fund", join(clone, packed.filename)],
    { cwd: join(folder, "empty"), shell },
  );
}, minutes);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const installed = (...path: readonly string[]) =>
  join(folder, "empty", "node_modules", "mfa-deny-detector", ...path);

function run(...args: readonly string[]) {
  return spawnSync(process.execPath, [installed("dist", "cli.mjs"), ...args], {
    cwd: join(folder, "empty"),
    encoding: "utf8",
  });
}

describe("the package", () => {
  test("is whole: bundles, app, docs, examples, schema and infra", () => {
    const paths = packed.files.map(({ path }) => path);
    for (const needed of [
      "dist/cli.mjs",
      "dist/searchThread.mjs",
      "dist/doctor.mjs",
      "dist/app/main.cjs",
      "dist/app/host.json",
      "dist/sbom.cdx.json",
      "docs/cli.md",
      "examples/contoso-day.ndjson.gz",
      "schema/scenario.schema.json",
      "infra/azuredeploy.json",
      "infra/main.bicep",
      "azure.yaml",
      "scripts/remove-from-workspace.mjs",
      "README.md",
      "LICENSE",
      "SECURITY.md",
    ]) {
      expect(paths).toContain(needed);
    }
  });

  test("has no source, no test, and nothing of development", () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths.filter((path) => /^(?:src|test|bench|standins|types)\//.test(path))).toEqual([]);
    expect(paths).not.toContain("dist/start.mjs");
    expect(paths.filter((path) => path.startsWith("dist/compiled/"))).toEqual([]);
  });

  test("brings no other package, and no script that runs at installation", () => {
    const manifest = JSON.parse(readFileSync(installed("package.json"), "utf8")) as object;
    for (const member of ["dependencies", "devDependencies", "scripts", "allowScripts"]) {
      expect(manifest).not.toHaveProperty(member);
    }
    expect(manifest).toMatchObject({
      repository: { type: "git" },
      bugs: { url: expect.stringContaining("/issues") },
      homepage: expect.stringContaining("https://"),
    });
  });

  test("leaves package.json as it was", () => {
    const clone = join(folder, "clone");
    expect(readFileSync(join(clone, "package.json"), "utf8")).toBe(
      readFileSync("package.json", "utf8"),
    );
    expect(existsSync(join(clone, ".package.json.kept"))).toBe(false);
  });
});

describe("installed in an empty folder", () => {
  test("it says its version", () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(run("--version").stdout.trim()).toContain(version);
  });

  test("it finds what is in the example that it carries", () => {
    const { stdout, status, stderr } = run(
      "detect",
      installed("examples", "contoso-day.ndjson.gz"),
    );
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("greta.moreau@contoso.com");
  });

  test("its doctor loads, and says what is missing", () => {
    const { stderr, stdout } = run("doctor", "--help");
    expect(`${stdout}${stderr}`).toContain("doctor");
    const { status, stderr: problem } = run("doctor");
    expect(status).not.toBe(0);
    expect(problem).not.toMatch(/Cannot find|ERR_MODULE/);
  });
});

describe("the list of packages in the bundles", () => {
  interface Bill {
    readonly bomFormat: string;
    readonly specVersion: string;
    readonly serialNumber: string;
    readonly components: readonly {
      readonly purl: string;
      readonly hashes: readonly { readonly content: string }[];
    }[];
  }
  const bill = () => JSON.parse(readFileSync(installed("dist", "sbom.cdx.json"), "utf8")) as Bill;

  test("is CycloneDX, with a checksum of every package", () => {
    expect(bill()).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.6" });
    expect(bill().serialNumber).toMatch(/^urn:uuid:[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    for (const { hashes } of bill().components) {
      expect(hashes[0]?.content).toMatch(/^[\da-f]{128}$/);
    }
  });

  test("names what is bundled and nothing that is for development only", () => {
    const names = bill().components.map(({ purl }) => purl.replace(/@[^@]+$/, ""));
    expect(names).toEqual(expect.arrayContaining(["pkg:npm/valibot", "pkg:npm/%40azure/identity"]));
    expect(names.join()).not.toMatch(/vitest|azurite|esbuild|kusto|typescript\b/);
  });

  test("is the same for the same bundles", () => {
    expect(readFileSync(installed("dist", "sbom.cdx.json"), "utf8")).toBe(
      readFileSync(join(folder, "clone", "dist", "sbom.cdx.json"), "utf8"),
    );
  });
});

describe("a release", () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  const clone = () => join(folder, "clone");
  const release = (tag: string) =>
    spawnSync(process.execPath, ["scripts/release.mjs", "--tag", tag], {
      cwd: clone(),
      encoding: "utf8",
    });
  const made = (name: string) => readFileSync(join(clone(), "out", "release", name));
  const sha256 = (content: Buffer) => createHash("sha256").update(content).digest("hex");

  test("is refused for another tag, and without a section in the changelog", () => {
    writeFileSync(join(clone(), "CHANGELOG.md"), "# Changelog\n\n## [Unreleased]\n");
    const { status, stderr } = release("v9.9.9");
    expect(status).toBe(1);
    expect(stderr).toContain(`the tag is "v9.9.9", but package.json has version ${version}`);
    expect(stderr).toContain(`CHANGELOG.md has no section [${version}]`);
  });

  test(
    "is made of app, command line, template, list of packages and sums, the same each time",
    () => {
      const notes = `- Deploys.\n- Says so.`;
      writeFileSync(
        join(clone(), "CHANGELOG.md"),
        `# Changelog\n\n## [Unreleased]\n\n- Later.\n\n## [${version}] - 2026-12-01\n\n${notes}\n\n## [0.0.1]\n\n- Before.\n`,
      );
      expect(release(`v${version}`).status).toBe(0);
      const sums = made("SHA256SUMS").toString("utf8");
      const zip = `mfa-deny-detector-app-${version}.zip`;
      for (const line of sums.trim().split("\n")) {
        const [hash = "", name = ""] = line.split("  ");
        expect([name, sha256(made(name))]).toEqual([name, hash]);
      }
      expect(sums.match(/ {2}\S+/g)?.map((name) => name.trim())).toEqual([
        "azuredeploy.json",
        "createUiDefinition.json",
        `mfa-deny-detector-${version}.tgz`,
        zip,
        "sbom.cdx.json",
      ]);
      const { variables } = JSON.parse(made("azuredeploy.json").toString("utf8")) as {
        variables: Record<string, { packageSha256?: string }>;
      };
      const hashes = Object.values(variables).flatMap(({ packageSha256 }) => packageSha256 ?? []);
      expect(new Set(hashes)).toEqual(new Set([sha256(made(zip))]));
      expect(readFileSync(join(clone(), "out", "release-notes.md"), "utf8")).toBe(`${notes}\n`);
      const before = sha256(made(zip));
      expect(release(`v${version}`).status).toBe(0);
      expect(sha256(made(zip))).toBe(before);
    },
    minutes,
  );

  test("deploys the app's folder, whole, and nothing else", () => {
    const archive = made(`mfa-deny-detector-app-${version}.zip`);
    const names = readdirSync(join(clone(), "dist", "app")).toSorted();
    expect(namesIn(archive)).toEqual(names);
    expect(names).toEqual(expect.arrayContaining(["host.json", "main.cjs", "package.json"]));
  });
});

/** Names in a zip's directory. */
function namesIn(archive: Buffer): readonly string[] {
  const names: string[] = [];
  let at = archive.readUInt32LE(archive.length - 6);
  while (archive.toString("latin1", at, at + 4) === "PK\u0001\u0002") {
    const length = archive.readUInt16LE(at + 28);
    names.push(archive.toString("utf8", at + 46, at + 46 + length));
    at += 46 + length;
  }
  return names;
}
