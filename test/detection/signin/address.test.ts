import { describe, expect, test } from "vitest";
import { canonicalAddress, compareAddresses } from "../../../src/detection/signin/address.ts";

describe("the canonical spelling of an address", () => {
  test.each([
    ["203.0.113.9", "203.0.113.9"],
    ["203.0.113.9:5000", "203.0.113.9"],
    ["[203.0.113.9]:5000", "203.0.113.9"],
    ["2001:0db8:0:0:0:0:0:1", "2001:db8::1"],
    ["[2001:db8::1]:4001", "2001:db8::1"],
    ["[2001:db8::1]", "2001:db8::1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6"],
    ["2001:DB8:0:2:3:4:5:6", "2001:db8:0:2:3:4:5:6"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["fe80::1%eth0", "fe80::1"],
    ["::ffff:203.0.113.9", "203.0.113.9"],
    ["::ffff:203.0.113.9:5000", "203.0.113.9"],
    ["::ffff:cb00:7109", "203.0.113.9"],
  ])("of %s is %s", (text, address) => {
    expect(canonicalAddress(text)).toBe(address);
    // And has no other.
    expect(canonicalAddress(address)).toBe(address);
  });

  test.each(["proxy", "proxy:80", "203.0.113.9:port", "2001:db8::1::2", ""])(
    "leaves other text as it is: %s",
    (text) => {
      expect(canonicalAddress(text)).toBe(text);
    },
  );
});

test("IPv4 comes before IPv6, each in the order of its text", () => {
  const given = ["2001:db8::2", "203.0.113.9", "2001:db8::1", "198.51.100.4"];
  expect(given.toSorted(compareAddresses)).toEqual([
    "198.51.100.4",
    "203.0.113.9",
    "2001:db8::1",
    "2001:db8::2",
  ]);
});
