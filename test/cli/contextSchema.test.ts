import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { toContextReport } from "../../src/cli/detect/contextReport.ts";
import type { Context } from "../../src/detection/context/context.ts";
import {
  campaign,
  noContext,
  registered,
  report,
  spray,
  success,
} from "../detection/incidents/contexts.ts";
import { satisfies, type Schema } from "../jsonSchema.ts";
import { cli } from "./terminal.ts";

const schema = JSON.parse(readFileSync("schema/context.schema.json", "utf8")) as Schema;

const full: Context = {
  origins: {
    verdict: "mixed",
    historyDays: 30,
    addresses: [{ address: "192.0.2.1", known: null, days: 0, location: null, asNumber: "64500" }],
    devices: [{ id: "d-1", name: null, known: true, days: 3 }],
    traits: [{ kind: "country", value: "DE", known: false }],
  },
  password: { right: 1, shown: 2, wrongBefore: 0 },
  spray,
  successes: [success],
  reports: [report],
  followed: [registered],
  campaign,
  gaps: [{ table: "AuditLogs", problem: "cut" }],
};

test("a context with every part satisfies its schema, and so does an empty one", () => {
  expect(satisfies(schema, toContextReport(full))).toBe(true);
  expect(satisfies(schema, toContextReport(noContext))).toBe(true);
  expect(satisfies(schema, null)).toBe(true);
});

test("what the schema does not know, or finds missing, is refused", () => {
  const whole = toContextReport(full);
  expect(satisfies(schema, { ...whole, more: 1 })).toBe(false);
  expect(satisfies(schema, { ...whole, gaps: undefined })).toBe(false);
  expect(satisfies(schema, { ...whole, reports: [{ ...report }] })).toBe(false);
  expect(satisfies(schema, { ...whole, origins: { ...full.origins, verdict: "odd" } })).toBe(false);
});

test("the contexts of the example day satisfy it", async () => {
  const files = ["examples/contoso-day.ndjson.gz", "examples/contoso-around"];
  const { out } = await cli(["detect", ...files, "--format", "json"]);
  const { findings } = JSON.parse(out) as { readonly findings: readonly { context: unknown }[] };
  expect(findings).toHaveLength(12);
  expect(findings.filter(({ context }) => !satisfies(schema, context))).toEqual([]);
  expect(out).toContain('"verdict": "usual"');
});
