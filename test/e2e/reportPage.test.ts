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

/** The mean brightness (0 to 100) of the first screen, in five rows of four fields, as it was when looked at. */
const looks = {
  light: [
    92, 92.1, 92.9, 98, 94.4, 92.8, 93.8, 97.1, 97, 97.6, 94.2, 97.7, 96.4, 97.4, 93.6, 98.1, 96.5,
    97.3, 95, 98.5,
  ],
  dark: [
    16.4, 16.4, 15.6, 10.6, 14.4, 16.1, 15.1, 11.7, 11.7, 10.8, 14.4, 10.9, 12.3, 11, 15.1, 10.5,
    12.3, 11.1, 13.6, 10.2,
  ],
};

/** Scales a picture down to five rows of four fields, in the browser, which has the means. */
async function brightness(browser: Browser, png: string): Promise<readonly number[]> {
  const page = await browser.newPage();
  try {
    return await page.evaluate(`(async () => {
      const image = new Image();
      image.src = "data:image/png;base64,${png}";
      await image.decode();
      const canvas = document.createElement("canvas");
      canvas.width = image.width;
      canvas.height = image.height;
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0);
      const [wide, high] = [Math.floor(image.width / 4), Math.floor(image.height / 5)];
      return Array.from({ length: 20 }, (_, field) => {
        const { data } = context.getImageData((field % 4) * wide, Math.floor(field / 4) * high, wide, high);
        let sum = 0;
        for (let at = 0; at < data.length; at += 4) {
          sum += data[at] + data[at + 1] + data[at + 2];
        }
        return Math.round((sum / (data.length / 4) / 765) * 1000) / 10;
      });
    })()`);
  } finally {
    await page.close();
  }
}

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

  test.each([
    ["light", looks.light],
    ["dark", looks.dark],
  ] as const)("looks as it did in %s colours, seen from afar", async (colorScheme, expected) => {
    const first = await browser.newPage({ viewport: { width: 1100, height: 900 } });
    await first.emulateMedia({ colorScheme });
    await first.goto(pathToFileURL(file).href);
    const image = (await first.screenshot()).toString("base64");
    await first.close();
    const seen = await brightness(browser, image);
    const differences = seen.map((each, index) => Math.abs(each - (expected[index] ?? 0)));
    // Fonts differ between machines; a missing table, picture or colour scheme is far more.
    expect(Math.max(...differences), JSON.stringify(seen)).toBeLessThan(4);
  });

  test("prints what is folded away on the screen", async () => {
    const isShown = `[...document.querySelectorAll("details table")].every((table) =>
      table.checkVisibility({ contentVisibilityAuto: true }))`;
    expect(await page.evaluate(isShown)).toBe(false);
    await page.emulateMedia({ media: "print" });
    expect(await page.evaluate(isShown)).toBe(true);
    await page.emulateMedia({ media: "screen" });
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
