// Fails on a known high or critical vulnerability in a package whose code is in a bundle, according to
// dist/sbom.cdx.json. A registry that does not answer the audit request (a mirror, a closed network) is reported and
// passes.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const bill = fileURLToPath(new URL("../dist/sbom.cdx.json", import.meta.url));

if (existsSync(bill)) {
  report(auditOf(JSON.parse(readFileSync(bill, "utf8")).components));
} else {
  console.error("audit: dist/sbom.cdx.json is missing; run: npm run build");
  process.exitCode = 1;
}

/**
 * Queries npm about a made-up project with exactly these dependencies.
 *
 * @param {readonly { group?: string, name: string, version: string }[]} components
 */
function auditOf(components) {
  const folder = mkdtempSync(join(tmpdir(), "mfa-deny-audit-"));
  try {
    // Each has an alias, because two versions of one package may be bundled.
    const aliases = components.map(({ group, name, version }, index) => ({
      alias: `bundled-${index}`,
      full: group === undefined ? name : `${group}/${name}`,
      version,
    }));
    const dependencies = Object.fromEntries(
      aliases.map(({ alias, full, version }) => [alias, `npm:${full}@${version}`]),
    );
    const project = { name: "bundled", version: "1.0.0", dependencies };
    const packages = Object.fromEntries(
      aliases.map(({ alias, full, version }) => [`node_modules/${alias}`, { name: full, version }]),
    );
    const lock = {
      ...project,
      lockfileVersion: 3,
      requires: true,
      packages: { "": project, ...packages },
    };
    writeFileSync(join(folder, "package.json"), JSON.stringify(project));
    writeFileSync(join(folder, "package-lock.json"), JSON.stringify(lock));
    const command = "npm audit --package-lock-only --json";
    return spawnSync(command, { cwd: folder, encoding: "utf8", shell: true }).stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} answer */
function report(answer) {
  const counts = vulnerabilityCounts(answer);
  if (counts === undefined) {
    console.log("audit: the registry did not answer; not checked.");
    return;
  }
  const { high = 0, critical = 0, moderate = 0, low = 0 } = counts;
  console.log(`audit: ${critical} critical, ${high} high, ${moderate} moderate, ${low} low.`);
  if (high + critical > 0) {
    console.error(answer);
    process.exitCode = 1;
  }
}

/**
 * @param {string} answer
 * @returns {Record<string, number> | undefined} undefined if the answer is not an audit report
 */
function vulnerabilityCounts(answer) {
  try {
    return JSON.parse(answer).metadata?.vulnerabilities;
  } catch {
    return undefined;
  }
}
