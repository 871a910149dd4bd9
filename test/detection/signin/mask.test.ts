import { expect, test } from "vitest";
import { Mask } from "../../../src/detection/signin/mask.ts";

test.each([
  ["a name", "alice@contoso.com", "<name 1>"],
  ["an id", "6513270e-269e-0d37-f2a7-4de452e6b438", "<id 1>"],
  ["an IPv4 address", "from 203.0.113.7 again", "from <address 1> again"],
  ["an IPv6 address", "from 2001:db8::7 again", "from <address 1> again"],
  ["a domain", "tenant contoso.onmicrosoft.com", "tenant <domain 1>"],
  ["a phone number", "+1 555 0100 123", "<number 1>"],
])("%s is replaced by a number", (_, text, masked) => {
  expect(new Mask().apply(text)).toBe(masked);
});

test("the same text has the same number, in any case; another one has another", () => {
  const mask = new Mask();
  expect(mask.apply("a@contoso.com A@contoso.com b@contoso.com")).toBe(
    "<name 1> <name 1> <name 2>",
  );
  expect(mask.apply("b@contoso.com")).toBe("<name 2>");
});

test("Microsoft's own texts stay as they are", () => {
  const text = "MFA denied; user declined the authentication";
  expect(new Mask().apply(text)).toBe(text);
});
