/** Nothing that comes from outside makes any part of the project work more than in proportion to its size. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { renderQuery } from "../../src/logs/azure/renderQuery.ts";
import { timeline } from "../../src/detection/incidents/timeline.ts";
import { explainRow } from "../../src/detection/signin/explainRow.ts";
import { classify } from "../../src/detection/signin/classify.ts";
import { parseCidr } from "../../src/detection/signin/cidr.ts";
import { resolvePrompts } from "../../src/detection/prompts/prompt.ts";
import { readTexts } from "../../src/detection/signin/sighting.ts";
import { readSignIn } from "../../src/detection/signin/signIn.ts";
import { inert, visible } from "../../src/detection/signin/visible.ts";
import { findLogFiles } from "../../src/logs/files/findLogFiles.ts";
import { InputError } from "../../src/logs/files/inputError.ts";
import { readRecords } from "../../src/logs/files/readRecords.ts";
import { SightingTable } from "../../src/detection/prompts/sightingTable.ts";
import { readBackfillRequest } from "../../src/settings/backfillRequest.ts";
import { definitions } from "../../src/settings/definitions.ts";
import { parseDuration } from "../../src/detection/rules/duration.ts";
import { readRules } from "../../src/settings/rules.ts";
import { readSettings } from "../../src/settings/settings.ts";
import { SettingsError } from "../../src/settings/settingsError.ts";
import { row } from "../builders.ts";
import { cli } from "../cli/terminal.ts";
import { readCut } from "../logs/files/reading.ts";
import { zip } from "../logs/files/containers/zipping.ts";
import { extent, seed, timeLimitMs } from "./extent.ts";
import { growthProblem } from "./fuzzGrowth.ts";
import { expressionsIn, pumpsOf } from "./fuzzRegularExpressions.ts";
import { excluding } from "../detection/builders.ts";

const folder = mkdtempSync(join(tmpdir(), "mfa-deny-growth-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** All but what makes up tenants and stands in for Azure: those read nothing from outside. */
const folders = ["azure", "cli", "detection", "logs", "run", "settings", "sinks", "state"].map(
  (name) => join("src", name),
);
const expressions = [...folders, "functions"].flatMap(expressionsIn);

describe("every regular expression", () => {
  test("is found", () => {
    const named = expressions.map(({ expression }) => expression.source);
    expect(named).toContain("^mfa denied ?[;,:.(-]? ?");
    expect(named.length).toBeGreaterThan(50);
  });

  const lengths = [20, 26, 100, 2_000, 16_000] as const;
  /** The square of the longest would take ten times as long. */
  const slowMs = 25;

  /** These see only what another expression has let through; what uses them is tried below, as a whole. */
  const guarded = ["(\\d+)(ms|[smhd])", "([\\d.]+)([WDHMS])"];

  test.each(expressions.map(({ file, expression }) => [`${file} ${expression}`, expression]))(
    "is done in no time with any text: %s",
    (_, expression) => {
      const slow = guarded.includes(expression.source) ? null : slowText(expression);
      expect(slow).toBe(null);
    },
    timeLimitMs,
  );

  function slowText(expression: RegExp): string | null {
    for (const { start, unit } of pumpsOf(expression, seed, extent(1, 30, 2))) {
      for (const end of ["", "\u0001", "x!"]) {
        for (const length of lengths) {
          const text = `${start}${unit.repeat(Math.ceil(length / unit.length))}${end}`;
          if (isSlow(expression, text)) {
            return JSON.stringify({ start, unit, length, end });
          }
        }
      }
    }
    return null;
  }

  /** As all of them are used: from the beginning of the text on, for every place where it fits. */
  function isSlow(expression: RegExp, text: string): boolean {
    for (let attempt = 0; attempt < 3; attempt++) {
      const before = process.cpuUsage();
      text.replace(expression, "");
      const { user, system } = process.cpuUsage(before);
      if ((user + system) / 1000 < slowMs) {
        return false;
      }
    }
    return true;
  }
});

async function grows(n: number, work: (n: number) => () => unknown): Promise<void> {
  expect(await growthProblem(extent(n / 50, n, n / 20), work)).toBe(null);
}

const refused = async (work: () => unknown) => {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof InputError) && !(error instanceof SettingsError)) {
      throw error;
    }
  }
};

const header = "TimeGenerated,ResultType,UserPrincipalName,Status";
const known = '{"ResultType":"500121"}';

/** Files that make a careless reader begin again and again, by about how many characters they have. */
const texts: Readonly<Record<string, (n: number) => string>> = {
  "rows again and again": (n) =>
    `{"columns":[{"name":"ResultType"}],${'"rows":[["0"]],'.repeat(n / 15)}"x":1}`,
  "rows again and again before the columns": (n) =>
    `{${'"rows":[["0"]],'.repeat(n / 15)}"columns":[{"name":"ResultType"}]}`,
  "tables again and again": (n) =>
    `{${`"tables":[{"columns":["ResultType"],"rows":[["0"]]}],`.repeat(n / 54)}"x":1}`,
  "tables in one list": (n) =>
    `{"tables":[${`{"columns":["ResultType"],"rows":[["0"]]},`.repeat(n / 42)}{}]}`,
  "records again and again": (n) => `{${`"records":[${known}],`.repeat(n / 38)}"x":1}`,
  "envelopes within envelopes": (n) => `${known}\n${'{"records":['.repeat(n / 12)}`,
  "lists of envelopes": (n) => `[${`{"value":[${known}]},`.repeat(n / 36)}${known}]`,
  "opening brackets": (n) => `${known}\n${"[".repeat(n)}`,
  "opening braces": (n) => `${known}\n${"{".repeat(n)}`,
  "members that never end": (n) => `${known}\n${'{"a":'.repeat(n / 5)}`,
  "lines of an opening bracket": (n) => `${known}\n${"[\n".repeat(n / 2)}`,
  "lines of an opening brace": (n) => `${known}\n${"{\n".repeat(n / 2)}`,
  "lines of a list of braces": (n) => `[\n${"{\n".repeat(n / 2)}`,
  "closing brackets": (n) => `${known}\n${"]}".repeat(n / 2)}`,
  "brackets both ways": (n) => `${known}\n${"}{".repeat(n / 2)}`,
  "empty objects": (n) => `${known}\n${"{}".repeat(n / 2)}`,
  "elements that are none": (n) => `[${known}${",1".repeat(n / 2)}]`,
  "broken elements": (n) => `[${known}${',{"a"}'.repeat(n / 6)}]`,
  "broken lines": (n) => `${known}\n${'{"a"\n'.repeat(n / 5)}`,
  "a line that is no JSON": (n) => `${known}\n${"x".repeat(n)}`,
  quotes: (n) => `${known}\n{${'"'.repeat(n)}`,
  "open strings": (n) => `${known}\n${'{"a":"\n'.repeat(n / 7)}`,
  "open strings in a list": (n) => `[${known},${'{"a":"\n'.repeat(n / 7)}`,
  backslashes: (n) => `${known}\n{"a":"${"\\".repeat(n)}`,
  "keys without values": (n) => `${known}\n{${'"a",'.repeat(n / 4)}}`,
  blanks: (n) => `${known}\n${" ".repeat(n)}{`,
  "blanks before the first bracket": (n) => `${" ".repeat(n)}${known}`,
  "blanks behind the first bracket": (n) => `{${" ".repeat(n)}"ResultType":"0"}`,
  "blank lines": (n) => `${known}\n${"\n".repeat(n)}`,
  "carriage returns": (n) => `${known}\n${"\r".repeat(n)}`,
  zeros: (n) => `${known}\n${"\0".repeat(n)}`,
  "byte order marks": (n) => `${known}\n${"\ufeff".repeat(n / 3)}`,
  digits: (n) => `${known}\n{"a":${"9".repeat(n)}}`,
  "lone surrogates": (n) => `${known}\n{"a":"${"\\ud800".repeat(n / 6)}"}`,
  "columns of a table": (n) =>
    `{"columns":[${'"ResultType",'.repeat(n / 13)}1],"rows":[[1],[2],[3]]}`,
  "commas in CSV": (n) => `${header}\n${",".repeat(n)}`,
  "quotes in CSV": (n) => `${header}\n${'"'.repeat(n)}`,
  "lines of a quote in CSV": (n) => `${header}\n${'"\n'.repeat(n / 2)}`,
  "lines of three quotes in CSV": (n) => `${header}\n${'"""\n'.repeat(n / 4)}`,
  "cells of a quote in CSV": (n) => `${header}\n${'","\n'.repeat(n / 4)}`,
  "quotes that open late in CSV": (n) => `${header}\n${'a,"b\n'.repeat(n / 5)}`,
  "a quote before many lines in CSV": (n) => `${header}\n"${"a,b\n".repeat(n / 4)}`,
  "a quote, then lines with another in the middle": (n) =>
    `${header}\n${'"a\nb,c\n'.repeat(n / 7)}`,
  "blank lines in CSV": (n) => `${header}\n${"\n".repeat(n)}a,b,c,d\n`,
  "blank cells in CSV": (n) => `${header}\n${" , , , \n".repeat(n / 8)}`,
  "short rows in CSV": (n) => `${header}\n${"a\n".repeat(n / 2)}`,
  "a long header in CSV": (n) => `${header}${",x".repeat(n / 2)}\n1,2\n`,
  "a header that looks like a time": (n) => `date (${")".repeat(n)}x,username,user agent\n1\n`,
  "times of blanks in CSV": (n) => `${header}\n10/03/2026${" ".repeat(n)}x,0,a,b\n`,
  "a line for the delimiter": (n) => `sep=${"=".repeat(n)}\n${header}\n`,
};

/** Characters of a text at its smaller size. */
const characters = 120_000;

describe("reading a file of", () => {
  test.each(Object.keys(texts))(
    "%s",
    async (name) => {
      await grows(characters, (n) => {
        const bytes = Buffer.from(texts[name]?.(n) ?? "");
        return () => refused(() => readCut(cut(bytes, 64 * 1024)));
      });
    },
    timeLimitMs,
  );

  test.each<[string, string]>([
    ["no line", "x"],
    ["lines", `${known}\n`],
    ["CSV", `${header}\n`],
  ])(
    "one byte after the other: %s",
    async (_, unit) => {
      await grows(40_000, (n) => {
        const bytes = Buffer.from(unit.repeat(n / unit.length));
        return () => refused(() => readCut(cut(bytes, 1)));
      });
    },
    timeLimitMs,
  );

  test.each<[string, (n: number) => Buffer]>([
    [
      "members of gzip",
      (n) => Buffer.concat(Array<Buffer>(Math.ceil(n / 40)).fill(gzipSync("\n"))),
    ],
    ["zeros behind gzip", (n) => Buffer.concat([gzipSync(known), Buffer.alloc(n)])],
    ["damaged gzip", (n) => gzipSync(known.repeat(n / 10)).fill(0xff, 100)],
    ["files in a zip file", (n) => zip(entries(n / 120))],
    [
      "deep paths in a zip file",
      (n) => zip([{ name: `${"a/".repeat(n / 20)}x.json`, content: known }]),
    ],
    ["a comment of ends of a zip file", () => zip(entries(3), "PK\u0005\u0006".repeat(16_000))],
  ])(
    "%s",
    async (name, contentOf) => {
      await grows(60_000, (n) => {
        const path = join(folder, `${name.replaceAll(" ", "-")}-${n}`);
        writeFileSync(path, contentOf(n));
        return () => refused(() => readPath(path));
      });
    },
    timeLimitMs,
  );
});

const entries = (count: number) =>
  Array.from({ length: Math.ceil(count) }, (_, n) => ({ name: `${n}.json`, content: known }));

async function readPath(path: string): Promise<void> {
  const files = await findLogFiles([path]);
  for await (const batch of readRecords(files)) {
    expect(batch).not.toBe(undefined);
  }
}

function* cut(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size);
  }
}

const fillers: Readonly<Record<string, (n: number) => string>> = {
  blanks: (n) => `x${" ".repeat(n)}x`,
  braces: (n) => "{".repeat(n),
  pairs: (n) => "[{}".repeat(n / 3),
  quotes: (n) => `["${'\\"'.repeat(n / 2)}`,
  backslashes: (n) => `{"${"\\".repeat(n)}`,
  colons: (n) => ":".repeat(n),
  dots: (n) => "1.".repeat(n / 2),
  digits: (n) => "9".repeat(n),
  slashes: (n) => `https://example.com${"/".repeat(n)}x`,
  commas: (n) => ",".repeat(n),
  dashes: (n) => "2026-03-10T09:00:00".padEnd(n, "-"),
  refusals: (n) => "MFA denied; ".repeat(n / 12),
  units: (n) => "1h".repeat(n / 2),
  "text in text": (n) => JSON.stringify(JSON.stringify("{".repeat(n))),
  steps: (n) => `[${'{"authenticationStepResultDetail":"x"},'.repeat(n / 39)}{}]`,
  nested: (n) => `${"[".repeat(n / 2)}${"]".repeat(n / 2)}`,
};

/** A refusal with the same text in every field that there is. */
const everyField = (filler: string) =>
  row({
    at: "09:00:00",
    fields: Object.fromEntries(
      `TimeGenerated CreatedDateTime ResultType Status AuthenticationDetails IsInteractive Category Id
      OriginalRequestId AADTenantId UserPrincipalName UserId UserType IPAddress Location LocationDetails
      AppDisplayName AppId UserAgent DeviceDetail signInEventTypes properties`
        .split(/\s+/)
        .map((name) => [name, filler]),
    ),
  });

/** What a row with so many refused prompts, and this text for its names, says. */
function refusals(count: number, text: string) {
  const steps = Array.from({ length: count }, (_, second) => ({
    authenticationStepResultDetail: "MFA denied; user declined the authentication",
    StatusSequence: 1_773_133_200_000 + second,
  }));
  const names = { Id: text, OriginalRequestId: text, AppDisplayName: text, UserAgent: text };
  const signIn = readSignIn(row({ at: "09:00:00", steps, fields: names }));
  return readTexts(signIn).flatMap(({ sighting }) => sighting ?? []);
}

describe("a record of", () => {
  const range = parseCidr("203.0.113.0/24");
  const scopes = [excluding({ addresses: range ? [range] : [] })];
  test.each(Object.keys(fillers))(
    "%s in every field",
    async (name) => {
      await grows(20_000, (n) => {
        const record = everyField(fillers[name]?.(n) ?? "");
        return () => [classify(record, { scopes }), explainRow(record)];
      });
    },
    timeLimitMs,
  );

  test(
    "one long name and many steps",
    async () => {
      await grows(40_000, (n) => {
        const sightings = refusals(Math.ceil(n / 200), "x".repeat(n / 2));
        return () => {
          const table = new SightingTable();
          for (const each of sightings) {
            table.add({ tenantId: null, user: "x", name: null }, each);
          }
          return [resolvePrompts(sightings), JSON.stringify(sightings)];
        };
      });
    },
    timeLimitMs,
  );
});

describe("writing down", () => {
  const query = { by: "ingested", range: { from: 0, to: 1 }, shard: null } as const;
  test.each<[string, (n: number) => () => unknown]>([
    [
      "a name in a query",
      (n) => () => renderQuery("{{users}}", { ...query, users: ['"'.repeat(n)] }),
    ],
    [
      "many names in a query",
      (n) => () =>
        renderQuery("{{users}}", {
          ...query,
          users: Array<string>(Math.ceil(n / 8)).fill("{{users}}"),
        }),
    ],
    ["a name for a terminal", (n) => () => visible("\u202e".repeat(n), Infinity)],
    ["a name for Markdown", (n) => () => inert("www.//:".repeat(n / 7), Infinity)],
    ["blanks for Markdown", (n) => () => inert("[".repeat(n), Infinity)],
    [
      "many denials",
      (n) => {
        const denials = resolvePrompts(refusals(Math.ceil(n / 100), "x"));
        return () => timeline({ denials, approvals: [], context: null }, 5_000);
      },
    ],
  ])(
    "%s",
    async (_, work) => {
      await grows(200_000, work);
    },
    timeLimitMs,
  );
});

describe("settings of", () => {
  const everySetting = (text: string) =>
    Object.fromEntries(Object.keys(definitions).map((name) => [name, text]));
  test.each(Object.keys(fillers))(
    "%s everywhere",
    async (name) => {
      await grows(20_000, (n) => {
        const environment = everySetting(fillers[name]?.(n) ?? "");
        return () => refused(() => readSettings(environment));
      });
    },
    timeLimitMs,
  );

  test.each<[string, (n: number) => string]>([
    ["many rules", (n) => `[${'{"id":"explicit-mfa-deny"},'.repeat(n / 27)}{}]`],
    [
      "many rules that there are not",
      (n) => `[${Array.from({ length: n / 2 }, (_, id) => `{"id":${id}}`).join()}]`,
    ],
    ["many keys", (n) => `[{${Array.from({ length: n / 9 }, (_, id) => `"k${id}":1`).join()}}]`],
    [
      "many exclusions",
      (n) =>
        `[{"id":"explicit-mfa-deny","exclusions":{"addresses":[${'"::/0",'.repeat(n / 7)}"x"]}}]`,
    ],
    ["deep brackets", (n) => "[".repeat(n)],
  ])(
    "%s",
    async (_, textOf) => {
      await grows(100_000, (n) => {
        const text = textOf(n);
        const settings = { workspaces: [], dryRun: false };
        return () => [
          readRules(text),
          refused(() => readSettings({ WORKSPACES: text, DETECTION_RULES: text })),
          readBackfillRequest(text, settings, [], 0),
        ];
      });
    },
    timeLimitMs,
  );

  test("all problems are reported, however many there are", () => {
    const many = {
      DETECTION_RULES: "x,".repeat(150_000),
      WORKSPACES: `[${"1,".repeat(150_000)}1]`,
    };
    expect(() => readSettings(many)).toThrow(SettingsError);
  });

  test("a duration", async () => {
    await grows(200_000, (n) => () => parseDuration(`${"1h".repeat(n / 2)}x`));
    await grows(200_000, (n) => () => parseDuration(`P1DT${"1".repeat(n)}`));
  });

  test("a file of rules or scenarios that is not JSON", async () => {
    await grows(200_000, (n) => {
      const path = join(folder, `rules-${n}.json`);
      writeFileSync(path, `[${"\n".repeat(n)}`);
      return async () => {
        expect((await cli(["detect", "-", "--rules", path])).code).toBe(2);
        expect((await cli(["rules", "--test", path])).code).toBe(2);
      };
    });
  });
});
