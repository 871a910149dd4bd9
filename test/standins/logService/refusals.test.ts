import { describe, expect, it } from "vitest";
import { analyse } from "../../../standins/logService/analyse.ts";
import { QueryError } from "../../../standins/logService/queryError.ts";
import { rowsOf } from "./asking.ts";

function refusalOf(query: string): QueryError | undefined {
  try {
    rowsOf(query);
  } catch (error) {
    if (error instanceof QueryError) {
      return error;
    }
    throw error;
  }
  return undefined;
}

describe("what Kusto supports and the stand-in does not is refused by name:", () => {
  it.each([
    ["Prompts | join Reports on User", "join"],
    ["Prompts | distinct User", "distinct"],
    ["Prompts | order by Code", "order by in this form"],
    ["Prompts | summarize count() by User", "summarize of such a form"],
    ["Prompts | summarize Least = min(Code) by User", "min() of long"],
    ["Prompts | summarize Most = max(User) by User", "max() of string"],
    ["Prompts | summarize Sum = sum(Code) by User", "sum()"],
    ["Prompts | summarize arg_max(Code, *) by User", "summarize of such a form"],
    ["union Prompts, Prompts", "union at the start of a query without isfuzzy=true"],
    ["Prompts | union Reports", "union with a column of two types"],
    ["Prompts | union isfuzzy=true Prompts", "union isfuzzy"],
    ["let x = 1; print x", "let ="],
    [`Prompts | where User !~ "a"`, "!~"],
    ["Prompts | where Code <= 1", "<="],
    [`Prompts | where User in~ ("a")`, "in~"],
    [`Prompts | where Detail has "a"`, "has"],
    [`Prompts | where Detail startswith "a"`, "startswith"],
    ["Prompts | where now() - now() == now()", "-"],
    ["Prompts | where TimeGenerated > ago(1s)", "ago() of 1s"],
    [`Prompts | where Status["a"] == 1`, "ElementExpression"],
    ["Prompts | where bin(Code, 2) == 2", "bin() by 2"],
    ["Prompts | where bin(TimeGenerated, 7h) == now()", "bin() of datetime by 7h"],
    ["Prompts | where isnull(Code)", "isnull()"],
    ["Prompts | where isnotempty(User)", "isnotempty()"],
    [`print parse_json("[1]")`, "parse_json()"],
    [`print todynamic("[1]")`, "todynamic()"],
    ["Prompts | count", "count"],
    ["Prompts | top 5 by Code", "top by"],
    ["Prompts | project-away Code", "project-away"],
    ["Prompts | mv-expand Status", "mv-expand"],
    [`Prompts | parse Detail with * "a" *`, "parse with"],
    [`search "a"`, "search"],
    [`Prompts | where Detail matches regex "a"`, "matches regex"],
    [`Prompts | where Detail has_cs "a"`, "has_cs"],
    [`Prompts | where Detail !has "a"`, "!has"],
    [`Prompts | where Detail has_all ("a")`, "has_all"],
    [`Prompts | where User !in~ ("a")`, "!in~"],
    ["Prompts | where Code !between (1 .. 2)", "!between"],
    ["Prompts | where Code in (1, Code)", "in with a value that differs from row to row"],
    ["Prompts | where Code == -1", "-"],
    ["Prompts | where Code + 1 == 2", "+"],
    ["Prompts | where TimeGenerated > startofday(now())", "startofday()"],
    [`Prompts | where toupper(User) == "A"`, "toupper()"],
    [`Prompts | where extract("(?i", 0, User) == "a"`, "extract() of (?i"],
    [`Prompts | where trim("(?i", User) == "a"`, "trim() of (?i"],
    [`Prompts | where trim("(?i)a", User) == "a"`, "trim() of (?i)a"],
    ["Prompts | summarize Users = dcount(User)", "dcount()"],
    [
      "Prompts | summarize arg_min(Code, User) by Fresh",
      "arg_min() in another form than (column, *)",
    ],
    [
      "Prompts | summarize arg_min(Code, *), arg_min(Code, *) by User",
      "arg_min() in another form than (column, *)",
    ],
    ["Prompts | summarize arg_min(Code, *)", "arg_min() without by"],
    ["Prompts | order by Code asc nulls last", "order by in this form"],
    ["Prompts | extend tostring(Code)", "extend without a name"],
    ["union withsource=Table Prompts, Reports", "union withsource="],
    ["let f = (x: long) { x }; print f(1)", "let ="],
    ["print 1; print 2", "; between two queries"],
    [
      "Prompts | project User | where ingestion_time() > now()",
      "ingestion_time() on rows that are no longer a table's",
    ],
    ["range x from 1 to 3 step 1", "range from to step"],
    ["datatable(x: long) [1]", "datatable"],
  ])("%s", (query, what) => {
    expect(refusalOf(query)).toMatchObject({
      code: "StandInRefused",
      message: `StandInRefused: operator ${what} is not executed by this stand-in.`,
    });
  });

  it("comparing text with a number, which the analyser lets through and Kusto does not", () => {
    expect(refusalOf("Prompts | where User == 5")?.message).toMatch(/== on string and long/);
    expect(refusalOf("Prompts | where User in (5)")?.message).toMatch(/in with mixed types/);
  });
});

describe("errors have the words of Log Analytics:", () => {
  it.each([
    [`Prompts | where Usr == "a"`, "SemanticError", "'Usr'"],
    ["Promts", "SemanticError", "'Promts'"],
    ["Prompts | where nofunction(User)", "SemanticError", "'nofunction'"],
    [`Prompts | where tolower() == "a"`, "SemanticError", "'tolower' expects 1 argument"],
    ["Prompts | where", "SyntaxError", "Missing expression"],
    ["Prompts | frobnicate", "SyntaxError", "operator expected"],
  ])("%s", (query, code, text) => {
    const error = refusalOf(query);
    expect(error?.code).toBe("BadArgumentError");
    expect(error?.inner?.code).toBe(code);
    expect(error?.inner?.message).toContain(text);
  });

  it("an empty query", () => {
    expect(refusalOf("")?.code).toBe("BadArgumentError");
  });
});

describe("analyse", () => {
  it("names the columns that a query yields", () => {
    const { diagnostics, columns } = analyse(
      "SigninLogs | project TimeGenerated, Who = UserId, Status",
    );
    expect(diagnostics).toEqual([]);
    expect(columns).toEqual([
      { name: "TimeGenerated", type: "datetime" },
      { name: "Who", type: "string" },
      { name: "Status", type: "dynamic" },
    ]);
  });

  it("says what is wrong, and where", () => {
    const { diagnostics } = analyse("SigninLogs | where Nme == 1");
    expect(diagnostics).toEqual([
      "KS142 at 19: The name 'Nme' does not refer to any known column, table, variable or function.",
    ]);
  });

  it("knows additional tables, and all of KQL", () => {
    const query = "MyRiskEvents | join kind=leftouter SigninLogs on CorrelationId | count";
    expect(analyse(query).diagnostics).not.toEqual([]);
    expect(analyse(query, { MyRiskEvents: { CorrelationId: "string" } })).toEqual({
      diagnostics: [],
      columns: [{ name: "Count", type: "long" }],
    });
  });
});
