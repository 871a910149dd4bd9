import { describe, expect, it } from "vitest";
import { denialColumns, orders } from "../../bench/data/denialColumns.ts";
import { mixed } from "../../bench/data/logs.ts";
import { generateDay, templateOf } from "../../bench/data/template.ts";
import { isCandidate } from "../../src/detection/signin/candidate.ts";
import type { Fields } from "../../src/detection/signin/fields.ts";
import { readSignIn } from "../../src/detection/signin/signIn.ts";
import { worthALook } from "../../bench/findings/worthALook.ts";
import { digestOf } from "../../bench/frame/digest.ts";

const day = generateDay();
const rowsOf = (bytes: Buffer) =>
  bytes
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Fields);

describe("the generated log", () => {
  const mix = mixed(10);
  const template = templateOf(mix.parts(day));
  const rows = rowsOf(template.bytes);

  it("is the same every time", () => {
    const again = generateDay();
    expect(templateOf(mix.parts(again)).bytes.equals(template.bytes)).toBe(true);
  });

  it("has the stated number of candidates", () => {
    const candidates = rows.filter((row) => isCandidate(readSignIn(row))).length;
    expect(candidates).toBe(day.candidates.length);
    expect(rows.length / candidates).toBeCloseTo(10, 0);
  });

  it("has rows of about 2.8 KB where few of them are candidates", () => {
    const bytes = day.others.reduce((sum, row) => sum + JSON.stringify(row).length, 0);
    expect(bytes / day.others.length / 100).toBeCloseTo(28, 0);
  });

  it("has the same candidates among four times as many other rows", () => {
    const more = rowsOf(templateOf(mixed(10, 4).parts(day)).bytes);
    const candidatesOf = (all: readonly Fields[]) =>
      all.filter((row) => isCandidate(readSignIn(row)));
    expect(digestOf(candidatesOf(more))).toBe(digestOf(candidatesOf(rows)));
    expect(more.length - rows.length).toBe(3 * (rows.length - day.candidates.length));
  });

  it("turns to other days, with requests of their own, and back", () => {
    const before = Buffer.from(template.bytes);
    template.turnTo(400);
    const [first, later] = [rows[0], rowsOf(template.bytes)[0]];
    expect(Date.parse(String(later?.["TimeGenerated"]))).toBe(
      Date.parse(String(first?.["TimeGenerated"])) + 400 * 86_400_000,
    );
    expect(later?.["Id"]).not.toBe(first?.["Id"]);
    template.turnTo(0);
    expect(template.bytes.equals(before)).toBe(true);
  });

  it("has no candidate that the other programs' words would miss", () => {
    for (const row of day.candidates) {
      expect(worthALook(row)).toBe("candidate");
    }
  });
});

describe("generated denials", () => {
  const asked = { denials: 5_000, users: 50, spanMs: 86_400_000 };

  it("are the same in every order", () => {
    const sets = orders.map((order) => {
      const { users, at } = denialColumns({ ...asked, order });
      return Array.from(at, (time, index) => `${time} ${users[index]}`).toSorted();
    });
    expect(sets[1]).toEqual(sets[0]);
    expect(sets[2]).toEqual(sets[0]);
  });

  it("lie as they are asked for", () => {
    const ascending = denialColumns({ ...asked, order: "ascending" }).at;
    expect(ascending).toEqual(ascending.toSorted());
    const descending = denialColumns({ ...asked, order: "descending" }).at;
    expect(descending).toEqual(ascending.toReversed());
    expect(denialColumns({ ...asked, order: "shuffled" }).at).not.toEqual(ascending);
  });
});
