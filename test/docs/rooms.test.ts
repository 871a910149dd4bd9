import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The folders below one, to a depth, as paths from it. */
function foldersIn(folder: string, depth: number): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, folder).length + 1))
    .filter((path) => path.split("/").length <= depth);
}

/** The folders that the picture in CONTRIBUTING.md shows; two spaces of indentation are one level. */
function pictured(): readonly string[] {
  const [, picture = ""] = /```\n(functions\/.*?)```/s.exec(text("CONTRIBUTING.md")) ?? [];
  const above: string[] = [];
  return [...picture.matchAll(/^( *)([\w-]+)\/(?: |$)/gm)].map(([, indent = "", name = ""]) => {
    above.splice(indent.length / 2, Infinity, name);
    return above.join("/");
  });
}

function text(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

describe("the picture in CONTRIBUTING.md", () => {
  test("shows only folders that are there", () => {
    expect(pictured().length).toBeGreaterThan(20);
    expect(pictured().filter((folder) => !existsSync(join(root, folder)))).toEqual([]);
  });

  test("shows every folder of the repository, and those of src with the rooms in them", () => {
    const tracked = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" })
      .split("\n")
      .filter((path) => path.includes("/") && !path.startsWith("."));
    const outermost = [...new Set(tracked.map((path) => path.slice(0, path.indexOf("/"))))];
    const rooms = foldersIn("src", 2).filter((path) => !/^(cli|tenant)\//.test(path));
    const expected = [...outermost, ...rooms.map((path) => `src/${path}`)];
    expect(pictured().toSorted()).toEqual(expected.toSorted());
  });
});

test("src/README.md has a line for every folder of src, and names no other", () => {
  const named = [...text("src/README.md").matchAll(/^\| `([\w/]+)` /gm)].map(([, name]) => name);
  // A folder that only contains folders needs no line of its own.
  const withFiles = foldersIn("src", Infinity).filter((folder) =>
    readdirSync(join(root, "src", folder)).some((name) => /\.\w+$/.test(name)),
  );
  expect(withFiles.filter((folder) => !named.includes(folder))).toEqual([]);
  expect(named.filter((name) => !existsSync(join(root, "src", name ?? "")))).toEqual([]);
});

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CHANGELOG.md",
  "src/README.md",
  "examples/README.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

describe.each(pages)("%s", (page) => {
  test("links only to files and headings that are there", () => {
    const links = [...text(page).matchAll(/\]\((?!https?:)([^)\s#]*)(?:#([^)\s]+))?\)/g)];
    const broken = links.filter(([, target = "", heading]) => {
      const path = target === "" ? page : join(dirname(page), target);
      return (
        !existsSync(join(root, path)) ||
        (heading !== undefined && path.endsWith(".md") && !anchors(path).includes(heading))
      );
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  test("names only folders and files of the source that are there", () => {
    const named = text(page).matchAll(
      /`((?:src|functions|standins|test|infra|examples|schema|scripts)\/[\w./-]*\w)[/`]/g,
    );
    const missing = [...named].map(([, path = ""]) => path).filter((path) => !isThere(path));
    expect(missing).toEqual([]);
  });
});

/** Older names that a page gives on purpose, with the newer ones beside them. */
const formerly = new Set(["src/pipeline"]);

function isThere(path: string): boolean {
  return formerly.has(path) || /\bNAME\b/.test(path) || existsSync(join(root, path));
}

/** The headings of a page as GitHub links to them. */
function anchors(path: string): readonly string[] {
  return [...text(path).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}
