import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const sampleApp = fileURLToPath(new URL("sampleApp.ts", import.meta.url));

/** Bundles an app as the project's own is; gives its main file, and what removes it. */
export async function bundleApp(
  source: { readonly file: string } | { readonly text: string } = { file: sampleApp },
  hostJson?: object,
) {
  const folder = await mkdtemp(join(tmpdir(), "sample-app-"));
  const main = join(folder, "main.cjs");
  await build({
    ...("file" in source
      ? { entryPoints: [source.file] }
      : {
          stdin: {
            contents: source.text,
            resolveDir: fileURLToPath(new URL(".", import.meta.url)),
          },
        }),
    outfile: main,
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["@azure/functions-core"],
  });
  if (hostJson) {
    await writeFile(join(folder, "host.json"), JSON.stringify(hostJson));
  }
  return { main, remove: () => rm(folder, { recursive: true, force: true }) };
}
