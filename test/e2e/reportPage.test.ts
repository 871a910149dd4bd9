/** The page of the example day in a real browser; skipped where there is no Chromium. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = places.find((path) => existsSync(path));
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

describe.skipIf(executablePath === undefined)("the report in Chromium", () => {
  const folder = mkdtempSync(join(tmpdir(), "mfa-deny-page-"));
  const file = join(folder, "case.html");
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];
  const requests: string[] = [];

  beforeAll(async () => {
    execFileSync(process.execPath, [
      "dist/cli.mjs",
      "report",
      "examples/contoso-day.ndjson.gz",
      "--out",
      file,
    ]);
    browser = await chromium.launch({
      executablePath: String(executablePath),
      args: ["--no-sandbox"],
    });
    page = await browser.newPage({ bypassCSP: true, viewport: { width: 1100, height: 900 } });
    page.on("console", (message) => problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("asks for nothing but itself and its own pictures, and complains of nothing", async () => {
    const strict = await browser.newPage();
    strict.on("console", (message) => problems.push(message.text()));
    await strict.goto(pathToFileURL(file).href);
    await strict.close();
    expect(problems).toEqual([]);
    expect(requests.filter((url) => !url.startsWith("data:"))).toEqual([pathToFileURL(file).href]);
  });

  test.each(["light", "dark"] as const)(
    "has no fault that axe can see in %s colours",
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await page.addScriptTag({ path: axe });
      const found = await page.evaluate(async () => {
        const { violations } = await (
          globalThis as unknown as {
            axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
          }
        ).axe.run();
        return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ""}`);
      });
      expect(found).toEqual([]);
    },
  );

  test("draws every picture, and nothing is wider than the window", async () => {
    // Text, because it runs in the page, whose types these tests do not have.
    const seen: { broken: number; images: number; tooWide: boolean } = await page.evaluate(`({
      broken: [...document.images].filter(({ naturalWidth }) => naturalWidth === 0).length,
      images: document.images.length,
      tooWide: document.documentElement.scrollWidth > window.innerWidth,
    })`);
    expect(seen.broken).toBe(0);
    expect(seen.images).toBeGreaterThan(10);
    expect(seen.tooWide).toBe(false);
  });

  test("a link of the table leads to its finding by keyboard", async () => {
    await page.locator("table a").first().focus();
    await page.keyboard.press("Enter");
    expect(page.url()).toMatch(/#finding-1$/);
  });
});

test.runIf(executablePath === undefined)("no Chromium here: the page was not looked at", () => {
  expect(executablePath).toBeUndefined();
});
