/** Settings, rules, scenarios and requests for backfills that may be anything. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, test } from "vitest";
import { presets } from "../../src/detection/rules/presets.ts";
import { readBackfillRequest } from "../../src/settings/backfillRequest.ts";
import { definitions } from "../../src/settings/definitions.ts";
import { readRules } from "../../src/settings/rules.ts";
import { readSettings } from "../../src/settings/settings.ts";
import { SettingsError } from "../../src/settings/settingsError.ts";
import { cli } from "../cli/terminal.ts";
import { extent, timeLimitMs } from "./extent.ts";
import {
  counted,
  fuzz,
  guardPrototypes,
  hostileKeys,
  hostileLiterals,
  mutate,
  mutation,
} from "./fuzzing.ts";

guardPrototypes();
const cases = counted("settings, rules, scenarios and requests");
const folder = mkdtempSync(join(tmpdir(), "mfa-deny-fuzz-settings-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A secret, which may stand in any setting by mistake. */
const canary = "canary-19c2";

const mutations = fc.array(mutation, { minLength: 1, maxLength: 5 });
const text = fc.oneof(
  fc.constantFrom(...hostileLiterals),
  fc.string({ unit: "binary" }),
  fc.constantFrom(canary, "PT5M", "P2D", "true", "https://example.com//", "public", "1e3", "0x10"),
);
const names = [...Object.keys(definitions), ...hostileKeys];

/** What is right, so that one spoilt character of it is nearly so. */
const right = {
  WORKSPACES: `[{"name":"one","workspaceId":"00000000-0000-0000-0000-0000000000aa","resourceId":"/subscriptions/1/resourceGroups/soc/providers/Microsoft.OperationalInsights/workspaces/w"}]`,
  STATE_STORAGE: `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${canary}`,
  DETECTION_RULES:
    '[{"id":"explicit-mfa-deny","threshold":3,"window":"PT10M","exclusions":{"users":["x"],"addresses":["192.0.2.0/24"]}}]',
  INCIDENT_SINKS: "sentinel,logs",
  FINDINGS_ENDPOINT: "https://dce.example",
  FINDINGS_DCR_ID: `dcr-${"0".repeat(32)}`,
  DETECTION_SCHEDULE: "0 */5 * * * *",
};
const rightOf = new Map<string, string>(Object.entries(right));

test(
  "an environment gives settings, or an error that names what is wrong and repeats none of it",
  async () => {
    const entry = fc.tuple(fc.constantFrom(...names), fc.oneof(text, mutations));
    await fuzz(
      fc.array(entry, { minLength: 1, maxLength: 8 }),
      extent(500, 150_000, 1_500),
      (entries) => {
        cases.begin();
        const spoilt = entries.map(([name, change]) => [
          name,
          typeof change === "string"
            ? change
            : mutate(Buffer.from(rightOf.get(name) ?? ""), change).toString("utf8"),
        ]);
        try {
          const { rules, workspaces } = readSettings({ ...right, ...Object.fromEntries(spoilt) });
          assert("file" in rules || rules.rules.length > 0);
          assert(workspaces.length > 0);
        } catch (error) {
          assert(error instanceof SettingsError, String(error));
          assert(
            error.problems.every((problem) => /^[A-Z][A-Za-z_]+[ [.:]/.test(problem)),
            error.message,
          );
          assert(!error.message.includes(canary), error.message);
        }
      },
    );
  },
  timeLimitMs,
);

const spoiltJson = (whole: string) =>
  fc.oneof(
    mutations.map((changes) => mutate(Buffer.from(whole), changes)),
    fc
      .array(fc.tuple(fc.nat(), fc.constantFrom(...hostileLiterals)), {
        minLength: 1,
        maxLength: 4,
      })
      .map((values) => Buffer.from(withValues(whole, values))),
    fc.constantFrom(...hostileLiterals).map((literal) => Buffer.from(literal)),
  );

/** JSON with some values replaced. */
function withValues(whole: string, values: readonly (readonly [number, string])[]): string {
  return values.reduce((json, [place, literal]) => {
    const found = [...json.matchAll(/"[^"]*"(?!:)|\b\d+\b|\[\]/g)];
    const { index = 0, 0: old = "" } = found[place % Math.max(found.length, 1)] ?? {};
    return `${json.slice(0, index)}${literal}${json.slice(index + old.length)}`;
  }, whole);
}

test(
  "rules are rules within their bounds, or problems",
  async () => {
    await fuzz(spoiltJson(right.DETECTION_RULES), extent(500, 150_000, 1_500), (bytes) => {
      cases.begin();
      const { rules, problems } = readRules(bytes.toString("utf8"));
      assert(problems.length > 0 || rules.length > 0);
      for (const { id, threshold, windowMs } of rules) {
        assert(/^[A-Za-z\d][\w.-]{0,63}$/.test(id));
        assert(Number.isInteger(threshold) && threshold >= 1 && threshold <= 10_000);
        assert(windowMs >= 1_000 && windowMs <= 86_400_000);
      }
    });
  },
  timeLimitMs,
);

test(
  "a request for a backfill is one, or has every problem named by its field",
  async () => {
    const whole = `{"from":"2026-03-01T00:00:00Z","to":"2026-03-02T00:00:00Z","rules":["explicit-mfa-deny"],"workspaces":["one"],"dryRun":false}`;
    const known = {
      workspaces: [{ name: "one", workspaceId: "", resourceId: "" }],
      dryRun: false,
    };
    const now = Date.UTC(2026, 5);
    await fuzz(spoiltJson(whole), extent(500, 150_000, 1_500), (bytes) => {
      cases.begin();
      const read = readBackfillRequest(bytes.toString("utf8"), known, presets, now);
      if ("length" in read) {
        assert(read.length > 0 && read.every(({ problem }) => problem.length > 0));
      } else {
        assert(read.from < read.to && read.to <= now);
        assert(read.workspaces.every((name) => name === "one") && read.rules.length > 0);
      }
    });
  },
  timeLimitMs,
);

test("keys that every object has are as unknown as any other", () => {
  for (const key of hostileKeys) {
    const member = `${JSON.stringify(key)}:1`;
    assert.equal(readRules(`[{"id":"explicit-mfa-deny",${member}}]`).problems.length, 1);
    const request = `{"from":"2026-03-01T00:00:00Z","to":"2026-03-02T00:00:00Z",${member}}`;
    const settings = { workspaces: [], dryRun: false };
    assert("length" in readBackfillRequest(request, settings, [], Date.UTC(2026, 5)));
  }
});

describe("the command line", () => {
  const scenarios = readFileSync("examples/scenarios.json", "utf8");

  test.each<[string, string, (path: string) => readonly string[]]>([
    ["scenarios", scenarios, (path) => ["rules", "--test", path]],
    ["rules", right.DETECTION_RULES, (path) => ["detect", "--rules", path, "-"]],
  ])(
    "ends with one sentence for each problem of a file of %s",
    async (name, whole, argumentsFor) => {
      const path = join(folder, `${name}.json`);
      await fuzz(spoiltJson(whole), extent(30, 8_000, 80), async (bytes) => {
        cases.begin();
        writeFileSync(path, bytes);
        const { code, err } = await cli(argumentsFor(path));
        assert([0, 1, 2].includes(code));
        for (const line of err.trimEnd().split("\n")) {
          assert(/^(?:mfa-deny: .*)?$/.test(line), err);
        }
      });
    },
    timeLimitMs,
  );

  test(
    "takes any arguments for what they are: arguments",
    async () => {
      const word = fc.oneof(
        fc.constantFrom(
          "detect",
          "explain",
          "rules",
          "--threshold",
          "--window",
          "--rule",
          "--from",
          "--user",
        ),
        fc.constantFrom(
          "--format",
          "--limit",
          "--as-of",
          "--",
          "-",
          "-q",
          "--state=",
          "9".repeat(400),
          "1e999",
        ),
        fc.string({ unit: "binary", maxLength: 20 }).filter((each) => !each.includes("\u0000")),
      );
      await fuzz(fc.array(word, { maxLength: 6 }), extent(100, 20_000, 300), async (words) => {
        cases.begin();
        // Nothing is written to folders that chance names.
        const { code, err } = await cli(words.filter((each) => !/^--(?:state|out)/.test(each)));
        assert([0, 1, 2].includes(code));
        assert(!/^ {4}at /m.test(err), err);
      });
    },
    timeLimitMs,
  );
});
