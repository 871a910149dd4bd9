import { describe, expect, it } from "vitest";
import { keeps, valueOf } from "./asking.ts";

describe("comparisons", () => {
  it.each([
    [`User == "ann"`, true],
    [`User == "Ann"`, false],
    [`Code < 5`, false],
    [`Code < 6`, true],
    [`Code > 4`, true],
    [`Code > 5`, false],
    [`Code >= 5`, true],
    [`Fresh == true`, true],
    [`Fresh == false`, false],
    [`Code != 6`, true],
    [`User != "ann"`, false],
    [`User !in ("ann", "bob")`, false],
    [`User !in ("bob")`, true],
    [`not(Fresh)`, false],
    [`not(User == "bob")`, true],
    [`User has_any ("bob", "ANN")`, true],
    [`strcat("x.", User, "@y") has_any (dynamic(["ann@y"]))`, true],
    [`strcat("x", User) has_any ("ann")`, false],
    [`has_any_ipv4_prefix("192.0.2.7", dynamic(["198.51.100.", "192.0.2."]))`, true],
    [`has_any_ipv4_prefix("192.0.20.7", "192.0.2.")`, false],
    [`coalesce("", User) == "ann"`, true],
    [`case(Code == 4, "four", Code == 5, "five", "other") == "five"`, true],
    [`case(Code == 4, "four", "other") == "other"`, true],
    [`bin(TimeGenerated, 1h) == datetime(2026-11-20T09:00:00Z)`, true],
    [`Code between (5 .. 7)`, true],
    [`Code between (3 .. 5)`, true],
    [`Code between (6 .. 7)`, false],
    [`TimeGenerated >= datetime(2026-11-20T09:00:00Z)`, true],
    [`TimeGenerated > datetime(2026-11-20T09:00:00Z)`, false],
    [`TimeGenerated between (datetime(2026-11-20T08:00:00Z) .. 2h)`, "refused"],
  ])("%s is %s for ann with code 5", (condition, expected) => {
    const answer = () => keeps(condition, { User: "ann", Code: 5, Fresh: true });
    if (expected === "refused") {
      expect(answer).toThrow(/StandInRefused/);
    } else {
      expect(answer()).toBe(expected);
    }
  });

  it("keep their fraction of a second to the last of seven digits", () => {
    const fields = { TimeGenerated: "2026-11-20T09:00:00.1234567Z" };
    expect(keeps("TimeGenerated > datetime(2026-11-20T09:00:00.1234566Z)", fields)).toBe(true);
    expect(keeps("TimeGenerated > datetime(2026-11-20T09:00:00.1234567Z)", fields)).toBe(false);
  });

  it("with null are never true", () => {
    for (const operator of ["==", "<", ">", ">="]) {
      expect(keeps(`Code ${operator} 5`, {})).toBe(false);
    }
    expect(keeps("Code < 5 or isempty(User)", {})).toBe(true);
  });

  it("reach into dynamic values by name", () => {
    const fields = { Status: { errorCode: 500121, step: { method: "push" } } };
    expect(keeps("Status.errorCode == 500121", fields)).toBe(true);
    expect(keeps(`Status.errorCode == "500121"`, fields)).toBe(false);
    expect(keeps(`Status.step.method == "push"`, fields)).toBe(true);
    expect(keeps(`Status.constructor == 1 or Status.toString contains "a"`, fields)).toBe(false);
  });
});

describe("logic", () => {
  it.each([
    [`Code == 5 and User == "ann"`, true],
    [`Code == 5 and User == "bob"`, false],
    [`Code == 6 or User == "ann"`, true],
    [`Code == 6 or User == "bob"`, false],
  ])("%s is %s for ann with code 5", (condition, expected) => {
    expect(keeps(condition, { User: "ann", Code: 5 })).toBe(expected);
  });
});

describe("lists", () => {
  it.each([
    [`User in ("bob", "Ann@contoso.com")`, true],
    [`User in ("ann@contoso.com")`, false],
    [`User in (dynamic(["bob", "Ann@contoso.com"]))`, true],
    [`User in (dynamic([]))`, false],
    [`Code in (1, 5)`, true],
    [`Code in (1, 2)`, false],
  ])("%s is %s for Ann@contoso.com with code 5", (condition, expected) => {
    expect(keeps(condition, { User: "Ann@contoso.com", Code: 5 })).toBe(expected);
  });
});

describe("text", () => {
  const Detail = "MFA denied; user declined_the authentication (2nd)";
  it.each([
    [`Detail contains "enied"`, true],
    [`Detail contains "approved"`, false],
  ])("%s is %s", (condition, expected) => {
    expect(keeps(condition, { Detail })).toBe(expected);
  });

  it("is also found in dynamic values", () => {
    expect(keeps(`Status contains "denied"`, { Status: { a: "MFA denied" } })).toBe(true);
    expect(keeps(`Status.a contains "denied"`, { Status: { a: "MFA denied" } })).toBe(true);
    expect(keeps(`Status.b contains "denied"`, { Status: { a: "MFA denied" } })).toBe(false);
  });
});

describe("functions", () => {
  it.each([
    [`tostring(5)`, "5"],
    [`tostring(true)`, "true"],
    [`tostring(datetime(2026-11-20))`, "2026-11-20T00:00:00.0000000Z"],
    [`tostring(dynamic({"a": [1, null]}))`, `{"a":[1,null]}`],
    [`tolower("ÄBC")`, "äbc"],
    [`trim(@"\\s+", "  a b ")`, "a b"],
    [`trim("-", "--a-b--")`, "a-b"],
    [`extract(@"id\\W+(\\w+)", 1, "{id:[7a]}")`, "7a"],
    [`extract("x", 0, "abc")`, ""],
    [`isempty("")`, true],
    [`isempty("a")`, false],
    [`iff(1 < 2, "yes", "no")`, "yes"],
    [`strcat("a", 1, true)`, "a1true"],
    [`now()`, "2026-11-20T23:59:59.0000000Z"],
    [`ago(1d)`, "2026-11-19T23:59:59.0000000Z"],
    [`ago(5m)`, "2026-11-20T23:54:59.0000000Z"],
  ])("%s is %s", (expression, expected) => {
    expect(valueOf(expression)).toEqual(expected);
  });

  it("spread over all remainders by hash(), each text always to the same one", () => {
    const remainders = Array.from({ length: 40 }, (_, i) => valueOf(`hash("user${i}", 4)`));
    expect(new Set(remainders)).toEqual(new Set([0, 1, 2, 3]));
    expect(valueOf(`hash("user7", 4)`)).toBe(remainders[7]);
  });
});
