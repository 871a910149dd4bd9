import { describe, expect, it } from "vitest";

import { parseCidr } from "../../../src/detection/signin/cidr.ts";
import { isExcluded, noExclusions } from "../../../src/detection/signin/exclusions.ts";
import { alice } from "../../builders.ts";
import { nowhere } from "../builders.ts";

const origin = { ...nowhere, userId: alice.id, ipAddress: "203.0.113.10", appId: "portal" };
const names = [alice.id, alice.name];
const ranges = (...texts: readonly string[]) =>
  texts.map(parseCidr).filter((range) => range !== null);

describe("an exclusion", () => {
  it("of a user applies by name and by id", () => {
    for (const users of [[alice.name], [alice.id], ["bob@contoso.com", alice.name]]) {
      expect(isExcluded({ ...noExclusions, users }, names, origin)).toBe(true);
    }
    expect(isExcluded({ ...noExclusions, users: ["bob@contoso.com"] }, names, origin)).toBe(false);
    expect(isExcluded({ ...noExclusions, users: ["alice"] }, names, origin)).toBe(false);
  });

  it("of addresses applies inside of the range", () => {
    const office = { ...noExclusions, addresses: ranges("192.0.2.0/24", "203.0.113.0/24") };
    expect(isExcluded(office, names, origin)).toBe(true);
    expect(isExcluded(office, names, { ...origin, ipAddress: "198.51.100.1" })).toBe(false);
    expect(isExcluded(office, names, { ...origin, ipAddress: null })).toBe(false);
  });

  it("of an application applies by its id", () => {
    expect(isExcluded({ ...noExclusions, applications: ["portal"] }, names, origin)).toBe(true);
    expect(isExcluded({ ...noExclusions, applications: ["teams"] }, names, origin)).toBe(false);
  });

  it("of nothing excludes nothing, not even what is unknown", () => {
    expect(isExcluded(noExclusions, [], nowhere)).toBe(false);
    const some = { users: [alice.name], addresses: ranges("::/0"), applications: ["portal"] };
    expect(isExcluded(some, [], nowhere)).toBe(false);
  });
});
