import { expect, test } from "vitest";
import {
  addressOf,
  neighbourhoodOf,
  neighbourPrefix,
  networkOf,
} from "../../../src/detection/context/network.ts";

test.each([
  ["203.0.113.9", "203.0.113.9", "203.0.113.0/24", "203.0.113."],
  ["::ffff:203.0.113.9", "203.0.113.9", "203.0.113.0/24", "::ffff:203.0.113."],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48", null],
  ["proxy", "proxy", null, null],
])("%s stands for %s, among %s", (address, network, neighbourhood, prefix) => {
  expect(networkOf(address)).toBe(network);
  expect(neighbourhoodOf(address)).toBe(neighbourhood);
  expect(neighbourPrefix(address)).toBe(prefix);
});

test.each([
  ["203.0.113.9:5000", "203.0.113.9"],
  ["[2001:DB8::1]:4001", "2001:db8::1"],
  ["[2001:db8::1]", "2001:db8::1"],
  ["fe80::1%eth0", "fe80::1"],
  ["::FFFF:203.0.113.9", "203.0.113.9"],
  ["2001:0db8:0:0::1", "2001:db8::1"],
  [" 203.0.113.9 ", "203.0.113.9"],
  ["", null],
  [undefined, null],
])("%s is the address %s", (given, address) => {
  expect(addressOf(given)).toBe(address);
});
