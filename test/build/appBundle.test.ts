import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleApp, xmlBeside } from "../../scripts/appBundle.mjs";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundle-"));
  await bundleApp(folder, "0.0.0-test");
});
afterAll(() => rm(folder, { recursive: true }));

test("the app is one file, and files beside it that only rare paths load", async () => {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".cjs"));
  expect(files.toSorted()).toEqual([
    "developer.cjs",
    "doctor.cjs",
    "main.cjs",
    "queue.cjs",
    "tune.cjs",
    "xml.cjs",
    "yaml.cjs",
  ]);
});

test("a map says where in the sources a stack trace points, for whoever asks for it", async () => {
  const map = JSON.parse(await readFile(join(folder, "main.cjs.map"), "utf8")) as {
    sources: readonly string[];
  };
  expect(map.sources.some((name) => name.endsWith("src/run/runDetection.ts"))).toBe(true);
  expect(await readFile(join(folder, "main.cjs"), "utf8")).toContain(
    "sourceMappingURL=main.cjs.map",
  );
});

test("a run loads neither the credentials of developers nor an XML parser", async () => {
  const main = await readFile(join(folder, "main.cjs"), "utf8");
  const found = ["ManagedIdentityCredential", "get-access-token", "XMLParser"].filter((word) =>
    main.includes(word),
  );
  expect(found).toEqual(["ManagedIdentityCredential"]);
  const developer = await readFile(join(folder, "developer.cjs"), "utf8");
  expect(developer.includes("get-access-token")).toBe(true);
});

test("a run asks nobody whether Node is as new as the app needs it", async () => {
  const main = await readFile(join(folder, "main.cjs"), "utf8");
  expect(main.includes("Invalid SemVer")).toBe(false);
  // The questions that are left out, as they stand in the package: all true of what package.json asks for.
  const asked = ["asymmetricKeyDetailsSupported", "rsaPssKeyDetailsSupported", "psSupported"].map(
    (name) => readFileSync(`node_modules/jsonwebtoken/lib/${name}.js`, "utf8"),
  );
  expect(asked.join("").match(/(?<=process\.version, ').*(?='\))/g)).toEqual([
    ">=15.7.0",
    ">=16.9.0",
    "^6.12.0 || >=8.0.0",
  ]);
});

test("a run with ids or JSON of rules loads no reader of YAML, which is read by a separate file", async () => {
  const main = await readFile(join(folder, "main.cjs"), "utf8");
  expect(main.includes("Flow sequence")).toBe(false);
  const { readYaml } = createRequire(import.meta.url)(join(folder, "yaml.cjs")) as {
    readYaml: (text: string) => { readonly value: unknown };
  };
  expect(readYaml("- id: vip # theirs").value).toEqual([{ id: "vip" }]);
});

test("XML is still read, by a separate file", async () => {
  await build({
    stdin: { contents: `export { parseXML } from "@azure/core-xml";`, resolveDir: "." },
    outfile: join(folder, "reader.cjs"),
    bundle: true,
    platform: "node",
    format: "cjs",
    plugins: [xmlBeside("./xml.cjs")],
    logLevel: "error",
  });
  const { parseXML } = createRequire(import.meta.url)(join(folder, "reader.cjs")) as {
    parseXML: (text: string) => Promise<unknown>;
  };
  expect(await parseXML("<error><code>AuthenticationFailed</code></error>")).toEqual({
    code: "AuthenticationFailed",
  });
});
