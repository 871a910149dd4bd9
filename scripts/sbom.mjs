// A CycloneDX list of the packages whose code is in the bundles, according to esbuild.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("..", import.meta.url);

/**
 * @typedef {{ readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>> }} Metafile
 * @typedef {{ readonly version: string, readonly license?: string, readonly integrity?: string }} Locked
 */

/**
 * @param {readonly Metafile[]} metafiles of every shipped bundle
 * @returns {string} the same text for the same bundles
 */
export function softwareBill(metafiles) {
  const { name, version, license } = read("package.json");
  /** @type {Readonly<Record<string, Locked>>} */
  const locked = read("package-lock.json").packages;
  /** @type {Map<string, Set<string>>} */
  const bundlesOf = new Map();
  for (const [bundle, path] of metafiles.flatMap(packagesIn)) {
    bundlesOf.set(path, (bundlesOf.get(path) ?? new Set()).add(bundle));
  }
  const components = [...bundlesOf]
    .map(([path, bundles]) => component(path, locked[path], [...bundles].toSorted()))
    .toSorted((a, b) => (a.purl < b.purl ? -1 : 1));
  const purl = `pkg:npm/${name}@${version}`;
  const bill = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify([purl, components]))}`,
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": purl,
        name,
        version,
        purl,
        licenses: [{ license: { id: license } }],
      },
    },
    components,
    dependencies: [{ ref: purl, dependsOn: components.map((each) => each["bom-ref"]) }],
  };
  return `${JSON.stringify(bill, null, 2)}\n`;
}

/**
 * @param {Metafile} metafile
 * @returns {(readonly [bundle: string, path: string])[]}
 */
function packagesIn({ outputs }) {
  return Object.entries(outputs).flatMap(([output, { inputs }]) =>
    Object.entries(inputs).flatMap(([input, { bytesInOutput }]) => {
      // Relative to the folder, because node_modules may be a link. A package may have its own node_modules.
      const path = /(?:\bnode_modules\/(?:@[^/]+\/)?[^/]+\/)+/.exec(input)?.[0].slice(0, -1);
      return path === undefined || bytesInOutput === 0
        ? []
        : [/** @type {const} */ ([output.replace(/^.*\bdist\//, ""), path])];
    }),
  );
}

/**
 * @param {string} path as in the lock file
 * @param {Locked | undefined} locked
 * @param {readonly string[]} bundles
 */
function component(path, locked, bundles) {
  if (locked === undefined) {
    throw new Error(`${path} is in a bundle, but not in package-lock.json`);
  }
  const full = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  const [group, name] = full.startsWith("@") ? full.split("/") : [undefined, full];
  const purl = `pkg:npm/${full.replace("@", "%40")}@${locked.version}`;
  const hash = Buffer.from((locked.integrity ?? "").replace("sha512-", ""), "base64");
  return {
    type: "library",
    "bom-ref": purl,
    ...(group === undefined ? {} : { group }),
    name,
    version: locked.version,
    purl,
    ...(locked.license === undefined ? {} : { licenses: [{ license: { id: locked.license } }] }),
    hashes: [{ alg: "SHA-512", content: hash.toString("hex") }],
    properties: bundles.map((value) => ({ name: "mfa-deny-detector:bundle", value })),
  };
}

/** @param {string} text */
function uuidOf(text) {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** @param {string} name */
function read(name) {
  return JSON.parse(readFileSync(fileURLToPath(new URL(name, root)), "utf8"));
}
