import { describe, expect, test } from "vitest";
import { queryProblem } from "../../../src/logs/azure/queryProblem.ts";

const template = "SigninLogs\n| where UserId == 1\n| union (AuditLogs\n| take 1)";

const unresolved = (name: string) => ({
  error: {
    code: "BadArgumentError",
    message: "The request had some invalid properties",
    innererror: {
      code: "SemanticError",
      message: "A semantic error occurred.",
      innererror: {
        code: "SEM0100",
        message: `'where' operator: Failed to resolve table or column expression named '${name}'`,
      },
    },
  },
});

describe("a query that was refused", () => {
  test("is described by its codes from the outermost to the innermost", () => {
    expect(queryProblem(unresolved("x"), template).codes).toEqual([
      "BadArgumentError",
      "SemanticError",
      "SEM0100",
    ]);
  });

  test("for a missing table names the table, wherever the query reads it", () => {
    expect(queryProblem(unresolved("SigninLogs"), template).hint).toContain("no table SigninLogs");
    expect(queryProblem(unresolved("AuditLogs"), template).hint).toContain("no table AuditLogs");
  });

  test("for a missing column names the column", () => {
    expect(queryProblem(unresolved("UserId"), template).hint).toBe(
      "the table lacks the column UserId",
    );
  });

  test("never repeats a name that the query's template does not have", () => {
    expect(queryProblem(unresolved("alice"), template).hint).toBeNull();
  });

  test("with a body of any other shape has neither codes nor hint", () => {
    for (const body of [undefined, null, "text", {}, { error: "text" }, { error: { code: 7 } }]) {
      expect(queryProblem(body, template)).toEqual({ codes: [], hint: null });
    }
  });

  test("nested without end is read to a fixed depth", () => {
    const endless: Record<string, unknown> = { code: "Again" };
    endless["innererror"] = endless;
    expect(queryProblem({ error: endless }, template).codes).toHaveLength(5);
  });
});
