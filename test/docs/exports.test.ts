import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  approvalColumns,
  candidateColumns,
  logSeen,
  servedAt,
} from "../../src/logs/azure/columns.ts";
import { analyse } from "../../standins/logService/analyse.ts";
import { approved, denied, password, row, time } from "../builders.ts";
import { cli, type Report } from "../cli/terminal.ts";

const page = readFileSync(new URL("../../docs/exports.md", import.meta.url), "utf8");
const queries = [...page.matchAll(/```kusto\n([^`]+)```/g)].map(([, query = ""]) => query);

/** The columns that a query of the page exports. */
const exported = queries.map((query) => analyse(query).columns.map(({ name }) => name));

describe("the queries of docs/exports.md", () => {
  test("are two, and Microsoft's analyser finds nothing wrong with them", () => {
    expect(queries).toHaveLength(2);
    expect(queries.map((query) => analyse(query).diagnostics)).toEqual([[], []]);
  });

  test("export every column that the detector reads", () => {
    const read = Object.keys({ ...candidateColumns, ...approvalColumns }).filter(
      (name) => !Object.hasOwn(logSeen, name),
    );
    for (const columns of exported) {
      expect(read.filter((name) => name !== servedAt && !columns.includes(name))).toEqual([]);
    }
  });
});

/** What the command sees in rows of which only some columns were exported. */
async function coverageOf(columns: readonly string[]) {
  const attack = Array.from({ length: 5 }, (_, index) => {
    const at = time("09:00") + index * 60_000;
    const status = "MFA denied; user declined the authentication";
    return row({ at, status, steps: [password(at - 20_000), denied(at)] });
  });
  const success = row({ at: "09:30", resultType: "0", steps: [approved("09:30")] });
  const rows = [...attack, success].map((each) =>
    Object.fromEntries(Object.entries(each).filter(([name]) => columns.includes(name))),
  );
  const { out } = await cli(["detect", "-", "--format", "json"], { stdin: JSON.stringify(rows) });
  return JSON.parse(out) as Report;
}

describe("what docs/exports.md says can be seen", () => {
  const [all = []] = exported;
  const without = (...names: readonly string[]) => all.filter((name) => !names.includes(name));

  test("is everything with the columns of its queries", async () => {
    const { coverage, findings } = await coverageOf(all);
    expect(coverage).toMatchObject({ verdict: "complete", atLeast: false, withReason: 5 });
    expect(findings).toMatchObject([{ denials: 5, severity: "High", atLeast: false }]);
  });

  test("is a lower bound without AuthenticationDetails", async () => {
    const { coverage, findings } = await coverageOf(without("AuthenticationDetails"));
    expect(coverage.atLeast).toBe(true);
    expect(findings).toMatchObject([{ denials: 5, atLeast: true }]);
  });

  test("is nothing without both texts", async () => {
    const { coverage, findings } = await coverageOf(without("AuthenticationDetails", "Status"));
    expect(coverage).toMatchObject({ verdict: "blind", mfaFailures: 5, withReason: 0 });
    expect(findings).toEqual([]);
  });
});
