import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleApp as bundleInto } from "../../scripts/appBundle.mjs";

/** Bundles the app as it stands in the sources, in the way in which it is deployed. */
export async function bundleApp(): Promise<{ readonly main: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "app-under-test-"));
  await bundleInto(folder, "0.0.0-test", { minify: false });
  await copyFile("host.json", join(folder, "host.json"));
  return {
    main: join(folder, "main.cjs"),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
