import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

/** Bundles the app as it stands in the sources, in the way in which it is deployed. */
export async function bundleApp(): Promise<{ readonly main: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "app-under-test-"));
  const main = join(folder, "main.cjs");
  await build({
    entryPoints: ["functions/main.ts"],
    outfile: main,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    loader: { ".kql": "text" },
    define: { __VERSION__: JSON.stringify("0.0.0-test") },
    external: ["@azure/functions-core"],
  });
  await copyFile("host.json", join(folder, "host.json"));
  return { main, remove: () => rm(folder, { recursive: true, force: true }) };
}
