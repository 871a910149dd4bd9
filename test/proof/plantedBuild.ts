/** Builds of the app with a fault planted in its sources, to see that a proof finds it. */
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

export interface Plant {
  readonly name: string;
  /** The source file, and what stands there in the place of what. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export interface PlantedBuild {
  /** As the app's file in dist/. */
  readonly main: string;
  remove(): Promise<void>;
}

/** What a build is made of. */
const parts = [
  "src",
  "functions",
  "standins",
  "scripts",
  "package.json",
  "package-lock.json",
  "host.json",
  "tsconfig.json",
];

const run = promisify(execFile);

/**
 * @returns the source with the fault in it
 * @throws if the source does not contain the text to replace exactly once
 */
export async function plantIn(folder: string, { name, file, from, to }: Plant): Promise<string> {
  const source = await readFile(join(folder, file), "utf8");
  if (source.split(from).length !== 2) {
    throw new Error(`${name}: ${file} has changed`);
  }
  return source.replace(from, () => to);
}

export async function buildPlanted(plant: Plant): Promise<PlantedBuild> {
  const folder = await mkdtemp(join(tmpdir(), "planted-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    for (const part of parts) {
      await cp(part, join(folder, part), { recursive: true });
    }
    await symlink(resolve("node_modules"), join(folder, "node_modules"));
    await writeFile(join(folder, plant.file), await plantIn(folder, plant));
    await run(process.execPath, ["scripts/build.mjs", "--quiet"], { cwd: folder });
    return { main: join(folder, "dist", "app", "main.cjs"), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
