import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { run } from "../../src/cli/run.ts";
import { readEnvironment } from "../../src/cli/doctor/readEnvironment.ts";
import { close, listen } from "../../standins/service/listen.ts";
import { temporaryFolder } from "./terminal.ts";

const program = new URL("../../src/doctor/main.ts", import.meta.url);

async function doctor(...args: readonly string[]) {
  let out = "";
  let err = "";
  const code = await run(["doctor", ...args], {
    stdin: process.stdin,
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    signal: new AbortController().signal,
    loadDoctor: () => import(program.href),
  });
  return { code, out, err };
}

/** An app that answers every request for the doctor so, and asks for a key. */
async function appThatAnswers(status: number, body: unknown, asksForKey = true) {
  const keys: unknown[] = [];
  const server = createServer((request, response) => {
    if (request.url?.startsWith("/api/backfill/") === true) {
      response.writeHead(asksForKey ? 401 : 404).end();
      return;
    }
    keys.push(request.headers["x-functions-key"]);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  onTestFinished(() => close(server));
  return { url, keys };
}

const line = (level: string) => ({
  check: "tokens",
  workspace: null,
  level,
  says: `it is ${level}`,
  cure: level === "ok" ? null : "az login",
});

test.each([
  ["ok", 0],
  ["warning", 3],
  ["fault", 2],
])("lines of the app that end with %s exit with %i", async (level, code) => {
  const { url } = await appThatAnswers(200, { lines: [line("ok"), line(level)] });
  const ended = await doctor("--app", url);
  expect(ended.code).toBe(code);
  expect(ended.out).toContain(`it is ${level}`);
  expect(ended.out.includes("→ az login")).toBe(level !== "ok");
});

test("the lines are JSON where asked for", async () => {
  const { url } = await appThatAnswers(503, { lines: [line("fault")] });
  const { out } = await doctor("--app", url, "--format", "json");
  const { lines } = JSON.parse(out) as { readonly lines: readonly unknown[] };
  expect(lines).toEqual([expect.objectContaining({ check: "function-key" }), line("fault")]);
});

test.each([
  [true, 0, /ok +function-key: functions ask for a key, and take this one/],
  [false, 3, /warning +function-key: functions answer without a key \(404\)/],
])("whether the app asks for a key is a line of its own: %s", async (asksForKey, code, says) => {
  const { url } = await appThatAnswers(200, { lines: [line("ok")] }, asksForKey);
  const ended = await doctor("--app", url);
  expect([ended.code, ended.out]).toEqual([code, expect.stringMatching(says)]);
});

const finding = {
  workspace: "default",
  id: "6513270e-269e-5d37-a2f7-000000000001",
  severity: "High",
  user: "alice@contoso.com",
  rule: "explicit-mfa-deny",
  denials: 6,
  firstDenialAt: "2026-03-10T09:00:00.000Z",
  lastDenialAt: "2026-03-10T09:10:00.000Z",
  approvedAt: "2026-03-10T09:11:00.000Z",
  ipAddresses: ["203.0.113.10"],
  mergedInto: null,
};

test("the app lists what a dry run would have opened, for people and as JSON", async () => {
  const { url } = await appThatAnswers(200, { findings: [finding] });
  const { out, code } = await doctor("--app", url, "--findings");
  expect(code).toBe(0);
  expect(out).toBe(
    [
      "High           alice@contoso.com [default]: 6 denials from 2026-03-10 09:00:00 to 2026-03-10 09:10:00 UTC, approved 2026-03-10 09:11:00",
      "               6513270e-269e-5d37-a2f7-000000000001 (explicit-mfa-deny); addresses: 203.0.113.10",
      "1 incident would have been opened",
      "",
    ].join("\n"),
  );
  const json = await doctor("--app", url, "--findings", "--format", "json");
  expect(JSON.parse(json.out)).toEqual({ findings: [finding] });
});

test("an app of an earlier version without findings is reported in a sentence", async () => {
  const { url } = await appThatAnswers(200, { lines: [] });
  const { code, err } = await doctor("--app", url, "--findings");
  expect([code, err]).toEqual([2, expect.stringContaining("answered 200 without findings")]);
});

test("the app's key goes along as a header, and only there", async () => {
  process.env["MFA_DENY_APP_KEY"] = "canary-key";
  onTestFinished(() => void delete process.env["MFA_DENY_APP_KEY"]);
  const { url, keys } = await appThatAnswers(200, { lines: [] });
  const { out, err } = await doctor("--app", url);
  expect(keys).toEqual(["canary-key"]);
  expect(out + err).not.toContain("canary");
});

test.each([
  [401, {}, /requires a key: set MFA_DENY_APP_KEY/],
  [502, "<html>proxy</html>", /answered 502 without the lines/],
  [200, { lines: [{ level: "well" }] }, /answered 200 without the lines/],
])(
  "an app that answers %i with something else is reported in a sentence",
  async (status, body, says) => {
    const { url } = await appThatAnswers(status, body);
    const { code, err } = await doctor("--app", url);
    expect([code, err]).toEqual([2, expect.stringMatching(says)]);
  },
);

test.each([
  [["--app", "http://contoso.com"], "--app is 'http://contoso.com'"],
  [["--app", "https://app.contoso.com", "--bundle", "x"], "--app and --bundle cannot be combined"],
  [["--findings", "--drill", "x"], "--findings and --drill cannot be combined"],
  [["here"], "doctor takes no operands, but 'here' is given"],
  [["--settings", "gone.env"], "gone.env: no such file or folder"],
])("%j is refused", async (args, says) => {
  const { code, err } = await doctor(...args);
  expect([code, err]).toEqual([2, expect.stringContaining(says)]);
});

test("every wrong setting is a line of its own", async () => {
  const file = join(temporaryFolder(), "settings.env");
  writeFileSync(file, "AZURE_CLOUD=mars\nINGESTION_SAFETY=soon\n");
  const { code, out } = await doctor("--settings", file);
  expect(code).toBe(2);
  expect(out).toMatch(/FAULT +settings: AZURE_CLOUD/);
  expect(out).toMatch(/FAULT +settings: INGESTION_SAFETY/);
  expect(out).not.toContain("tokens");
});

test("settings come from local.settings.json and from NAME=VALUE lines", async () => {
  const folder = temporaryFolder();
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const expected = { STATE_TABLE: "A", DRY_RUN: "true" };
  const json = write(
    "local.settings.json",
    JSON.stringify({ Values: { STATE_TABLE: "A", DRY_RUN: true } }),
  );
  expect(await readEnvironment(json)).toEqual(expected);
  expect(await readEnvironment(write("a.env", 'STATE_TABLE="A"\nDRY_RUN=true\n'))).toEqual(
    expected,
  );
  await expect(readEnvironment(write("b.json", "{"))).rejects.toThrow("is not valid JSON");
  await expect(readEnvironment(write("c.json", "{}"))).rejects.toThrow("has no object Values");
});

test("a build without the program says so", async () => {
  let err = "";
  const code = await run(["doctor"], {
    stdin: process.stdin,
    stdout: { write: () => true },
    stderr: { write: (text) => (err += text) },
    signal: new AbortController().signal,
  });
  expect([code, err]).toEqual([2, expect.stringContaining("this build has no doctor")]);
});
