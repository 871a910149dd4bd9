import { describe, expect, it } from "vitest";
import { row, rowsOf, type Given } from "./asking.ts";

const day = "2026-11-20T";
const iso = (time: string) => `${day}${time}.0000000Z`;

const given: Given = {
  Prompts: [
    row("09:00:00", { User: "ann", Code: 1, Status: { details: "denied" } }, "09:05:00"),
    row("09:01:00", { User: "bob", Code: 2 }, "09:04:00"),
    row("09:02:00", { User: "ann", Code: 3 }, "09:06:00"),
  ],
  Reports: [row("09:03:00", { User: "cid", Status: `{"details":"fraud"}` })],
};

describe("project", () => {
  it("answers the columns asked for, under the names given", () => {
    const query = "Prompts | where Code == 1 | project Who = User, Code, tostring(Status.details)";
    const { names, rows } = rowsOf(query, given);
    expect(names).toEqual(["Who", "Code", "Status_details"]);
    expect(rows).toEqual([["ann", 1, "denied"]]);
  });
});

describe("extend", () => {
  it("adds columns and replaces those of the same name", () => {
    const query = `Prompts | where Code == 2 | extend User = strcat(User, "!"), Late = ingestion_time()
      | project User, Late`;
    expect(rowsOf(query, given).rows).toEqual([["bob!", iso("09:04:00")]]);
  });
});

describe("union", () => {
  it("goes on from a pipeline, and leaves empty what one of the two lacks", () => {
    const query = `Prompts | where Code == 2 | project User, Code | union (print At = now())`;
    const { names, rows } = rowsOf(query, given);
    expect(names).toEqual(["User", "Code", "At"]);
    expect(rows).toEqual([
      ["bob", 2, null],
      ["", null, iso("23:59:59")],
    ]);
  });
});

describe("union isfuzzy=true", () => {
  const query = `union isfuzzy=true (Prompts | where Code == 1 | project User), (Reports | project User)`;

  it("begins with the rows of several tables", () => {
    expect(rowsOf(query, given).rows).toEqual([["ann"], ["cid"]]);
  });

  it("passes over a table that is missing, which fails every other query", () => {
    expect(rowsOf(query, given, "23:59:59", ["Prompts"]).rows).toEqual([["cid"]]);
    expect(() => rowsOf("Prompts", given, "23:59:59", ["Prompts"])).toThrow(
      expect.objectContaining({ inner: expect.objectContaining({ code: "SemanticError" }) }),
    );
  });
});

describe("in over a table", () => {
  it.each([
    ["in", ["ann"]],
    ["!in", ["bob"]],
  ])("%s compares with its first column", (operator, users) => {
    const known = "Prompts | where Code == 1 | project User, Code";
    const query = `Prompts | where User ${operator} (${known}) | project User`;
    expect(new Set(rowsOf(query, given).rows.flat())).toEqual(new Set(users));
  });
});

describe("take", () => {
  it("cuts rows down to a number", () => {
    expect(rowsOf("Prompts | take 2", given).rows).toHaveLength(2);
    expect(rowsOf("Prompts | take 0", given).rows).toEqual([]);
  });
});

describe("summarize", () => {
  it("keeps by arg_min the whole row that is the first of its group", () => {
    const query = `Prompts | extend At = ingestion_time() | summarize arg_min(At, *) by User
      | order by User asc | project User, Code, At`;
    expect(rowsOf(query, given).rows).toEqual([
      ["ann", 1, iso("09:05:00")],
      ["bob", 2, iso("09:04:00")],
    ]);
  });
});

describe("summarize of min, max and count", () => {
  it("gives one row for each group, with the name of an expression", () => {
    const query = `Prompts | summarize First = min(TimeGenerated), Last = max(TimeGenerated), Prompts = count()
      by Who = User, Hour = bin(TimeGenerated, 1h) | order by Who asc`;
    const { names, rows } = rowsOf(query, given);
    expect(names).toEqual(["Who", "Hour", "First", "Last", "Prompts"]);
    expect(rows).toEqual([
      ["ann", iso("09:00:00"), iso("09:00:00"), iso("09:02:00"), 2],
      ["bob", iso("09:00:00"), iso("09:01:00"), iso("09:01:00"), 1],
    ]);
  });

  it("gives one empty row without groups, and none with groups", () => {
    const none = "Prompts | where Code == 9";
    expect(rowsOf(`${none} | summarize Rows = count()`, given).rows).toEqual([[0]]);
    expect(rowsOf(`${none} | summarize Rows = count() by User`, given).rows).toEqual([]);
  });
});

describe("publication", () => {
  it("makes a row visible when the clock reaches it, not before", () => {
    const query = "Prompts | order by Code asc | project Code";
    expect(rowsOf(query, given, "09:03:59").rows).toEqual([]);
    expect(rowsOf(query, given, "09:04:00").rows).toEqual([[2]]);
    expect(rowsOf(query, given, "09:05:30").rows).toEqual([[1], [2]]);
    expect(rowsOf(query, given).rows).toEqual([[1], [2], [3]]);
  });

  it.each([
    ["> datetime(2026-11-20T09:04:00Z)", [1, 3]],
    [">= datetime(2026-11-20T09:04:00Z)", [1, 2, 3]],
    ["< datetime(2026-11-20T09:06:00Z)", [1, 2]],
    ["== datetime(2026-11-20T09:05:00Z)", [1]],
    ["between (datetime(2026-11-20T09:05:00Z) .. now())", [1, 3]],
  ])("is filtered by ingestion_time() %s", (limit, expected) => {
    const query = `Prompts | where ingestion_time() ${limit} and (Code > 0) | order by Code asc`;
    const { rows } = rowsOf(`${query} | project Code`, given);
    expect(rows.flat()).toEqual(expected);
  });

  it("is cut into slices by queries that differ in their datetimes alone", () => {
    const slice = (from: string, to: string) =>
      rowsOf(
        `Prompts | where ingestion_time() > datetime(${day}${from}Z)
          and ingestion_time() < datetime(${day}${to}Z) | project Code`,
        given,
      ).rows.flat();
    expect(slice("09:03:00", "09:04:01")).toEqual([2]);
    expect(slice("09:04:00", "09:05:01")).toEqual([1]);
    expect(slice("09:05:00", "09:06:01")).toEqual([3]);
    expect(slice("09:06:00", "09:07:00")).toEqual([]);
    expect(() => slice("09:06:00", "25:07:00")).toThrow(/literal/);
  });

  it("is no filter where it is one of two alternatives", () => {
    const query = "Prompts | where ingestion_time() > datetime(2027-01-01) or Code == 2";
    expect(rowsOf(`${query} | project Code`, given).rows).toEqual([[2]]);
  });
});
