// Makes the pictures of the README (the findings of the example day in a terminal, and the report page) and those of
// docs/tuning.md (of its made-up season), with a headless Chromium and the built command. Without either, the pictures
// stay as they are.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("..", import.meta.url));
const command = join(root, "dist", "cli.mjs");
const example = join("examples", "contoso-day.ndjson.gz");
const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** @returns {Promise<string>} what was done, in a sentence */
export async function makePictures() {
  const executablePath = places.find((path) => existsSync(path));
  if (executablePath === undefined || !existsSync(command)) {
    return "No Chromium here, or nothing built: the pictures in docs/pictures stay as they are.";
  }
  const folder = mkdtempSync(join(tmpdir(), "mfa-deny-pictures-"));
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    mkdirSync(join(root, "docs", "pictures"), { recursive: true });
    const page = await browser.newPage({ viewport: { width: 1000, height: 760 } });
    await page.setContent(
      terminalPage(run(["detect", example, "--width", "110", "--color", "always"])),
    );
    await page.locator("pre").screenshot({ path: join(root, "docs", "pictures", "terminal.png") });
    const report = join(folder, "case.html");
    run(["report", example, "--out", report]);
    await page.goto(pathToFileURL(report).href);
    await page.screenshot({ path: join(root, "docs", "pictures", "report.png") });
    await page.goto(pathToFileURL(tunePage(folder)).href);
    const tops = await page
      .locator("h2")
      .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().top - 16));
    const [, second = 760, last = 0] = tops;
    await page.screenshot({
      path: join(root, "docs", "pictures", "tune.png"),
      clip: { x: 0, y: 0, width: 1000, height: second },
    });
    await page.screenshot({
      path: join(root, "docs", "pictures", "tune-choice.png"),
      fullPage: true,
      clip: { x: 0, y: last, width: 1000, height: 460 },
    });
    return "Made docs/pictures/{terminal,report,tune,tune-choice}.png.";
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {readonly string[]} args
 * @param {string} [cwd]
 */
function run(args, cwd = root) {
  const options = /** @type {const} */ ({ cwd, encoding: "utf8", maxBuffer: 100_000_000 });
  return execFileSync(process.execPath, [command, ...args], options);
}

/**
 * Follows docs/tuning.md, with the season that it makes up.
 *
 * @param {string} folder
 */
function tunePage(folder) {
  const text = readFileSync(join(root, "docs", "tuning.md"), "utf8");
  const [, options = ""] = /generate (--out season .*)/.exec(text) ?? [];
  run(["generate", ...options.split(" ")], folder);
  const limits = ["--max-per-week", "5", "--labels", join("season", "truth.json")];
  const page = join(folder, "tune.html");
  writeFileSync(page, run(["tune", "--format", "html", "--quiet", ...limits, "season"], folder));
  return page;
}

/** The styles that the command uses, by the number of their escape sequence. */
const styles = new Map([
  ["1", "font-weight:bold"],
  ["2", "opacity:.7"],
  ["31", "color:#ff7b72"],
  ["32", "color:#7ee787"],
  ["33", "color:#e3b341"],
]);

/** @param {string} output with colours */
function terminalPage(output) {
  const escaped = `$ mfa-deny detect ${example}\n${output}`
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;");
  const coloured = escaped
    // oxlint-disable-next-line no-control-regex -- colours begin with the control character ESC
    .replaceAll(/\u001b\[(\d+)m/g, (_, code) =>
      styles.has(code) ? `<span style="${styles.get(code)}">` : "</span>",
    );
  return `<pre style="margin:0;padding:16px;width:fit-content;font:13px/1.4 monospace;color:#e6edf3;background:#0d1117">${coloured}</pre>`;
}
