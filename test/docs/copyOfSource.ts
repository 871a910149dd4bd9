import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { sourcePlugins } from "../../scripts/sources.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A copy of the source in which a test can do what a recipe says. */
export class CopyOfSource {
  readonly #folder = mkdtempSync(join(tmpdir(), "mfa-deny-recipe-"));

  constructor() {
    for (const name of ["src", "types", "package.json", "tsconfig.json"]) {
      cpSync(join(root, name), join(this.#folder, name), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(this.#folder, "node_modules"));
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }

  /** The new file of a recipe. */
  addFile(path: string, content: string): void {
    mkdirSync(dirname(join(this.#folder, path)), { recursive: true });
    writeFileSync(join(this.#folder, path), content);
  }

  /** The line of a recipe: adds text behind text that the file has exactly once. */
  addAfter(path: string, place: string, added: string): void {
    const content = readFileSync(join(this.#folder, path), "utf8");
    if (content.split(place).length !== 2) {
      throw new Error(`${path} has not exactly one ${place}`);
    }
    writeFileSync(
      join(this.#folder, path),
      content.replace(place, () => place + added),
    );
  }

  /** What the compiler says of a part of it: one line for each error, as "file: message". */
  compile(part = "src"): readonly string[] {
    const config = { extends: "./tsconfig.json", include: [part, "types"] };
    writeFileSync(join(this.#folder, "tsconfig.part.json"), JSON.stringify(config));
    const { stdout } = spawnSync(
      process.execPath,
      [join(root, "node_modules/typescript/bin/tsc"), "--noEmit", "-p", "tsconfig.part.json"],
      { cwd: this.#folder, encoding: "utf8" },
    );
    return [...stdout.matchAll(/^([^(\n]+)\(\d+,\d+\): error TS\d+: (.*)$/gm)].map(
      ([, file, message]) => `${file}: ${message}`,
    );
  }

  /** The path of a module that exports what the files export, as one bundle. */
  async bundle(...files: readonly string[]): Promise<string> {
    const outfile = join(this.#folder, "dist", `${files.join("+").replaceAll("/", "-")}.mjs`);
    await build({
      absWorkingDir: this.#folder,
      stdin: {
        contents: files.map((file) => `export * from "./${file}";`).join("\n"),
        resolveDir: this.#folder,
        loader: "ts",
      },
      bundle: true,
      platform: "node",
      target: "node20",
      format: "esm",
      banner: {
        js: 'import { createRequire as r } from "node:module"; const require = r(import.meta.url);',
      },
      loader: { ".kql": "text" },
      plugins: [...sourcePlugins],
      define: { __VERSION__: '"0.0.0"' },
      outfile,
    });
    return outfile;
  }
}
