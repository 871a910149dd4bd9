import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";

const text = readFileSync("docs/operations.md", "utf8");

function sources(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(`${folder}/${name}`, "utf8"));
}

test("every event that the app logs is documented", () => {
  const event =
    /(?:\blog|contextLog\(context\))\.(?:info|warn|error)\(\s*"([^"]+)"|\bevent: "([^"]+)"/g;
  const events = [...sources("src/run"), ...sources("src/state"), ...sources("functions")]
    .flatMap((source) => [...source.matchAll(event)])
    .map(([, called, named]) => called ?? named ?? "");
  expect(events).toContain("detection run");
  expect(events).toContain("backfill waits");
  for (const each of [...events, "would open", "would update", "detection run failed"]) {
    expect(text).toContain(`\`${each}\``);
  }
});

test("every fault of health and every alert is documented, with what to do", () => {
  const [, kinds = ""] =
    /readonly what:([^;]+);/.exec(readFileSync("src/run/judgeHealth.ts", "utf8")) ?? [];
  const faults = [...kinds.matchAll(/"([\w-]+)"/g)].map(([, kind]) => kind);
  expect(faults).toContain("pending");
  for (const fault of faults) {
    expect(text).toMatch(new RegExp(`^\\| \`${fault}\` +\\| .+ \\| .+ \\|$`, "m"));
  }
  const template = readFileSync("infra/azuredeploy.bicep", "utf8");
  const alerts = [...template.matchAll(/^ +title: '([^']+)'/gm)].map(([, title]) => title);
  expect(alerts.length).toBeGreaterThan(5);
  for (const alert of alerts) {
    expect(text).toMatch(new RegExp(`^\\| ${alert} +\\| .+ \\| .+ \\|$`, "m"));
  }
});
