import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { denialTable } from "../../../src/detection/incidents/denialTable.ts";
import { nowhere, prompt, prompts, sighting } from "../builders.ts";

const head = [
  "| time (UTC) | address | place | application | device or user agent | class |",
  "|---|---|---|---|---|---|",
];

const origin = {
  ...nowhere,
  ipAddress: "203.0.113.10",
  location: "Berlin, DE",
  application: "Azure Portal",
  userAgent: "Mozilla/5.0",
};

describe("the table of denials", () => {
  it("has a line for each, with what is known of it", () => {
    const denials = [
      prompt("09:00:13.250", { origin }),
      prompt("09:01", { origin: { ...origin, device: "LAPTOP-1" }, outcome: "fraudReported" }),
      prompt("09:02"),
    ];
    expect(denialTable(denials, 5_000)).toEqual([
      ...head,
      "| 2026-03-10 09:00:13 | 203.0.113.10 | Berlin, DE | Azure Portal | Mozilla/5.0 | denied |",
      "| 2026-03-10 09:01:00 | 203.0.113.10 | Berlin, DE | Azure Portal | LAPTOP-1 | fraudReported |",
      "| 2026-03-10 09:02:00 | - | - | - | - | denied |",
    ]);
  });

  it("shows of a prompt in several rows the same one, whatever their order", () => {
    const rows = ["198.51.100.1", "198.51.100.2"].map((ipAddress) =>
      sighting("09:00", { origin: { ...origin, ipAddress } }),
    );
    const [forth, back] = [rows, rows.toReversed()].map((sightings) =>
      denialTable([{ ...prompt("09:00"), sightings }], 5_000),
    );
    expect(forth).toEqual(back);
    expect(forth?.[2]).toContain("198.51.100.1");
  });

  it("takes all the room that it may, and counts what does not fit", () => {
    const denials = prompts("09:00", "09:01", "09:02");
    const [row = ""] = denialTable(denials, 5_000).slice(head.length);
    const short = [...head, row, "… and 2 more, cut for length."];
    const room = short.join("\n").length;
    expect(denialTable(denials, room)).toEqual(short);
    expect(denialTable(denials, room - 1)).toEqual([...head, "… and 3 more, cut for length."]);
    expect(denialTable(denials, 0)).toEqual([...head, "… and 3 more, cut for length."]);
  });

  it("is never longer than it may be, where there is room for its head", () => {
    const denials = Array.from({ length: 40 }, () => prompt("09:00", { origin }));
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 4_000 }), (longest) => {
        const lines = denialTable(denials, longest);
        expect(lines.join("\n").length).toBeLessThanOrEqual(longest);
        const rows = lines.filter((line) => line.startsWith("| 2026"));
        const cut = /^… and (\d+) more/.exec(lines.at(-1) ?? "")?.[1] ?? "0";
        expect(rows.length + Number(cut)).toBe(40);
      }),
    );
  });

  it("cuts what is long in a cell, and lets nothing out of it", () => {
    const hostile = { ...origin, userAgent: `a | b <c>\n${"x".repeat(100)}` };
    const [, , row = ""] = denialTable([prompt("09:00", { origin: hostile })], 5_000);
    expect(row).toContain("a \\| b &#60;c&#62;\\[U+000A\\]xxx");
    expect(row).toContain("xxx… |");
    expect(row.length).toBeLessThan(200);
  });
});
