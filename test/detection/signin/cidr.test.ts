import { describe, expect, it } from "vitest";

import { contains, parseCidr } from "../../../src/detection/signin/cidr.ts";

function within(range: string, address: string): boolean {
  const parsed = parseCidr(range);
  if (parsed === null) {
    throw new RangeError(`no range: ${range}`);
  }
  return contains(parsed, address);
}

describe("a range of addresses", () => {
  it.each([
    ["192.0.2.0/24", ["192.0.2.0", "192.0.2.255"], ["192.0.1.255", "192.0.3.0", "::192.0.2.1"]],
    ["192.0.2.77/24", ["192.0.2.0"], ["192.0.3.77"]],
    ["192.0.2.7", ["192.0.2.7"], ["192.0.2.6", "192.0.2.8"]],
    ["192.0.2.7/32", ["192.0.2.7"], ["192.0.2.6"]],
    ["192.0.2.128/25", ["192.0.2.128"], ["192.0.2.127"]],
    ["0.0.0.0/0", ["203.0.113.10", "0.0.0.0", "255.255.255.255"], ["2001:db8::7"]],
    [" 192.0.2.0/24 ", ["192.0.2.1"], ["192.0.3.1"]],
    ["2001:db8::/32", ["2001:db8::7", "2001:DB8:ffff::"], ["2001:db9::", "192.0.2.7"]],
    ["2001:db8::7", ["2001:db8:0:0:0:0:0:7", "2001:0db8::0007"], ["2001:db8::8"]],
    ["2001:db8:1:2:3:4:5:6/127", ["2001:db8:1:2:3:4:5:7"], ["2001:db8:1:2:3:4:5:8"]],
    ["::/0", ["2001:db8::7", "::", "192.0.2.7"], []],
    ["::1", ["::1", "0:0:0:0:0:0:0:1", "::0.0.0.1"], ["::", "1::"]],
    ["1:2:3:4:5:6::8", ["1:2:3:4:5:6:0:8"], ["1:2:3:4:5:6:7:8"]],
    ["1::", ["1:0::0", "1:0:0:0:0:0:0:0"], ["::1"]],
    // An IPv4 address may be logged as an IPv6 one, and the other way round.
    ["192.0.2.0/24", ["::ffff:192.0.2.9", "::FFFF:c000:0209"], ["::ffff:192.0.3.9"]],
    ["::ffff:192.0.2.0/120", ["192.0.2.9", "::ffff:192.0.2.9"], ["192.0.3.9"]],
    ["1:2:3:4:5:6:192.0.2.1", ["1:2:3:4:5:6:c000:201"], ["1:2:3:4:5:6:c000:202"]],
  ])("%s", (range, inside, outside) => {
    for (const address of inside) {
      expect(`${address} ${within(range, address)}`).toBe(`${address} true`);
    }
    for (const address of outside) {
      expect(`${address} ${within(range, address)}`).toBe(`${address} false`);
    }
  });

  it.each([
    "",
    "/24",
    "office",
    "192.0.2",
    "192.0.2.0.1",
    "192.0.2.256",
    "192.0.2.-1",
    "192.0.2.0x1",
    "192.0.2. 1",
    "1920.0.2.1",
    "192.0.2.0/33",
    "192.0.2.0/",
    "192.0.2.0/-1",
    "192.0.2.0/a",
    "192.0.2.0/24/8",
    "192.0.2.0/0000",
    "192.0.2.0/24.5",
    "2001:db8::/129",
    "2001:db8",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7::8",
    "1::2::3",
    "1:2:3::4:5:6::7:8",
    ":",
    ":::",
    ":1::",
    "1:2:3:4:5:6:7:",
    "2001:db8::g",
    "2001:db8::12345",
    "::ffff:192.0.2.256",
    "::ffff:192.0.2",
    "1:2:3:4:5:6:7:192.0.2.1",
    "192.0.2.1:443",
    "192.0.2.1::",
    "fe80::1%eth0",
    "[2001:db8::7]",
  ])("is not %j", (text) => {
    expect(parseCidr(text)).toBeNull();
  });

  it("keeps the text that it was written as", () => {
    expect(parseCidr(" 2001:DB8::/32 ")).toMatchObject({ text: "2001:DB8::/32", bits: 32 });
    expect(parseCidr("192.0.2.0/24")).toMatchObject({ bits: 120 });
  });

  it("contains no text that is not an address", () => {
    for (const address of ["", "unknown", "192.0.2.1:443", "192.0.2.0/24", "x".repeat(1_000_000)]) {
      expect(within("0.0.0.0/0", address)).toBe(false);
      expect(within("::/0", address)).toBe(false);
    }
  });
});
