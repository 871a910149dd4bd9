import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import widthOf from "fast-string-width";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitTable } from "../../src/cli/text/fitTable.ts";
import { timeTexts } from "../../src/cli/text/timeText.ts";
import { wrap } from "../../src/cli/text/wrap.ts";
import { time } from "../builders.ts";
import { cli, denials, ndjson, type Surroundings } from "./terminal.ts";

const input = readFileSync(fileURLToPath(new URL("golden/input.ndjson", import.meta.url)));
const detect = ["detect", "-", "--no-progress", "-q"];

async function shown(args: readonly string[], more: Surroundings = {}): Promise<string> {
  return (await cli([...detect, ...args], { stdin: input, isTTY: true, ...more })).out;
}

describe("the findings on a terminal", () => {
  test.each([80, 120, 200])("of %i columns stay as they are, and fit", async (columns) => {
    const out = await shown([], { columns, env: { NO_COLOR: "1" } });
    for (const line of out.split("\n")) {
      expect(widthOf(line), line).toBeLessThanOrEqual(columns);
    }
    await expect(out).toMatchFileSnapshot(`golden/table-${columns}.txt`);
  });

  test("have the same words in colours, and a colour changes no width", async () => {
    const colours = await shown([], { columns: 120 });
    expect(colours).toContain("\u001b[31mHigh");
    expect(stripVTControlCharacters(colours)).toBe(
      await shown(["--color", "never"], { columns: 120 }),
    );
  });

  test("may be as wide as they like in a file, and as wide as --width says anywhere", async () => {
    const wide = await shown([], { isTTY: false });
    expect(wide).toBe(await shown(["--width", "1000", "--color", "never"]));
    expect(await shown(["--width", "80"], { isTTY: false })).toBe(
      await shown(["--color", "never"], { columns: 80 }),
    );
  });

  test("say what to do, with the worst first", async () => {
    const out = await shown(["--width", "200"], { isTTY: false });
    expect(out).toMatch(/^4 users were attacked; the attacker probably got into 1 account/);
    expect(out).toContain(
      "1. Now: revoke the sessions and reset the password of alice@contoso.com.",
    );
  });
});

describe("every other text for people", () => {
  const rules = fileURLToPath(new URL("../../examples/msp/rules.yaml", import.meta.url));
  const day = fileURLToPath(new URL("golden/input.ndjson", import.meta.url));

  test.each([
    ["explain", "--limit", "20", day],
    ["compare", day],
    ["tune", day],
    ["rules"],
    ["rules", rules],
  ])("fits a terminal, and loses nothing: %s", async (...args) => {
    const whole = (await cli(args)).out;
    for (const columns of [60, 80, 120]) {
      const { out } = await cli(args, { isTTY: true, columns });
      for (const line of out.split("\n")) {
        expect(widthOf(line), line).toBeLessThanOrEqual(columns);
      }
      if (args[0] !== "tune" && args[0] !== "rules") {
        expect(out.split(/\s+/).filter((word) => !whole.includes(word))).toEqual([]);
      }
    }
  });
});

describe("colour", () => {
  const isColoured = async (args: readonly string[], more: Surroundings) =>
    (await shown(args, more)).includes("\u001b[");

  test("is for terminals, unless NO_COLOR is set or the terminal is dumb", async () => {
    expect(await isColoured([], { isTTY: true })).toBe(true);
    expect(await isColoured([], { isTTY: false })).toBe(false);
    expect(await isColoured([], { env: { NO_COLOR: "1" } })).toBe(false);
    expect(await isColoured([], { env: { NO_COLOR: "" } })).toBe(true);
    expect(await isColoured([], { env: { TERM: "dumb" } })).toBe(false);
  });

  test("is as --color says, whatever else is set", async () => {
    expect(await isColoured(["--color", "always"], { isTTY: false, env: { NO_COLOR: "1" } })).toBe(
      true,
    );
    expect(await isColoured(["--color", "never"], { isTTY: true })).toBe(false);
    expect((await cli([...detect, "--color", "yes"])).err).toContain("auto, always, never");
  });
});

describe("times", () => {
  const from = time("09:00");
  const to = time("09:07");

  test("are UTC, and a day is said once", () => {
    const text = timeTexts.utc();
    expect(text.span(from, to)).toBe("2026-03-10 09:00 to 09:07");
    expect(text.span(from, from)).toBe("2026-03-10 09:00");
    expect(text.span(time("23:59"), time("23:59") + 120_000)).toBe(
      "2026-03-10 23:59 to 2026-03-11 00:01",
    );
    expect(text.after(to, from)).toBe("09:07");
  });

  test("are those of this machine's zone when asked for, and the zone is named", async () => {
    const { zone, moment } = timeTexts.local();
    expect(zone).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
    expect(moment(from)).toMatch(/^2026-03-1\d \d\d:\d\d$/);
    expect(await shown(["--times", "local", "--width", "200"])).toContain(`(${zone})`);
  });

  test("are seen from now when asked for", async () => {
    const text = timeTexts.relative(to + 3 * 3_600_000);
    expect(text.span(from, to)).toBe("3 hours ago, within 7 minutes");
    expect(text.moment(to - 3 * 86_400_000)).toBe("3 days ago");
    expect(text.moment(to + 3 * 3_600_000)).toBe("this minute");
    const out = await shown(["--times", "relative", "--width", "200"], {
      now: () => time("12:00"),
    });
    expect(out).toContain("3 hours ago, within");
  });
});

describe("a table", () => {
  const columns = [
    { head: "user", mayCut: true, cell: ([user = ""]: readonly string[]) => user },
    { head: "note", cell: ([, note = ""]: readonly string[]) => note, leaveOut: 1 },
    { head: "n", cell: () => "1" },
  ];

  test("leaves out a column before it cuts a word, and cuts a word before it is too wide", () => {
    const row = ["someone@contoso.com", "a-long-note-of-one-word"];
    expect(fitTable(columns, [row], 60)).toBe(
      "user                 note                     n\nsomeone@contoso.com  a-long-note-of-one-word  1\n",
    );
    expect(fitTable(columns, [row], 30)).toBe("user                 n\nsomeone@contoso.com  1\n");
    expect(fitTable(columns, [row], 15)).toBe("user          n\nsomeone       1\n@contoso.com\n");
  });

  test("counts the columns that a character takes, not its code units", () => {
    const text = fitTable(
      columns,
      [
        ["日本", "x"],
        ["e\u0301", "y"],
      ],
      Infinity,
    );
    expect(text).toBe("user  note  n\n日本  x     1\ne\u0301     y     1\n");
  });
});

test("wrapping loses nothing but blanks, and no line is too long", () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 200 }),
      fc.integer({ min: 2, max: 40 }),
      fc.constantFrom("cell" as const, "sentence" as const),
      (text, width, kind) => {
        const lines = wrap(text, width, kind);
        expect(lines.join("").replaceAll(/\s/g, "")).toBe(text.replaceAll(/\s/g, ""));
        for (const line of lines) {
          expect(widthOf(line)).toBeLessThanOrEqual(width);
        }
      },
    ),
  );
});

describe("hostile text", () => {
  const nasty = fc.string({
    unit: fc.constantFrom(
      "a",
      "@",
      " ",
      "\u001b[31m",
      "\u202e",
      "\u200b",
      "\u0000",
      "\r",
      "\n",
      "\u009b",
      "\u2028",
      "=",
      "<b>",
      "`",
      "|",
      "日",
      "\ud800",
    ),
    minLength: 1,
    maxLength: 60,
  });

  test.each([
    ["table", ["--width", "80"]],
    ["table", ["--verbose", "--width", "200"]],
    ["explain", []],
  ])("is text in every %s", async (what, args) => {
    await fc.assert(
      fc.asyncProperty(nasty, nasty, nasty, async (name, agent, application) => {
        const rows = denials("09:00", 5, {
          user: { name: `${name}x@contoso.com`, id: "e" },
          fields: { UserAgent: agent, AppDisplayName: application },
        });
        const command = what === "table" ? "detect" : "explain";
        const { out } = await cli([command, "-", ...args], { stdin: ndjson(rows), columns: 80 });
        expect(out).not.toMatch(
          // oxlint-disable-next-line no-control-regex -- these are what must not be there
          /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e\u2028\ud800-\udfff]/,
        );
      }),
      { numRuns: 25 },
    );
  });

  test("of 64 KB fills no screen", async () => {
    const name = `${"x".repeat(900)}@contoso.com`;
    const agent = "y".repeat(65_536);
    const rows = denials("09:00", 5, { user: { name, id: "e" }, fields: { UserAgent: agent } });
    const { out } = await cli(["detect", "-", "--width", "80"], { stdin: ndjson(rows) });
    expect(out.length).toBeLessThan(3_000);
  });
});
