import { describe, expect, it } from "vitest";

import {
  counted,
  dayAndTime,
  listed,
  nameText,
  timeBeside,
  wholeSeconds,
} from "../../../src/detection/incidents/wording.ts";
import { time } from "../../builders.ts";

describe("a name", () => {
  it("is code, so that it does not become a mail link", () => {
    expect(nameText("alice@contoso.com")).toBe("`alice@contoso.com`");
    expect(nameText("dana_fabrikam.com#EXT#@contoso.com")).toBe(
      "`dana_fabrikam.com#EXT#@contoso.com`",
    );
  });

  it("is escaped where it could end the code", () => {
    expect(nameText("a`b|c")).toBe("a\\`b\\|c");
  });
});

describe("times in prose", () => {
  it("have whole seconds, and the date once", () => {
    expect(dayAndTime(time("09:06:13.250"))).toBe("2026-03-10 09:06:13");
    expect(timeBeside(time("09:06:13"), time("23:00"))).toBe("09:06:13");
    expect(timeBeside(time("09:06:13"), time("09:00") - 86_400_000)).toBe("2026-03-10 09:06:13");
  });

  it("last whole seconds", () => {
    expect(wholeSeconds(60_250)).toBe("1 minute 1 second");
    expect(wholeSeconds(0)).toBe("less than a second");
  });
});

describe("numbers and lists", () => {
  it("have the right plural", () => {
    expect([
      counted(1, "prompt"),
      counted(2, "prompt"),
      counted(0, "address", "addresses"),
    ]).toEqual(["1 prompt", "2 prompts", "0 addresses"]);
  });

  it("say how many more there are", () => {
    expect(listed(["a", "b", "c"], 2)).toBe("a, b and 1 more");
    expect(listed(["a", "b"], 2)).toBe("a, b");
    expect(listed([], 2)).toBe("unknown");
  });

  it("name fewer where they are long, but one always", () => {
    const long = "x".repeat(399);
    expect(listed([long, "y", "z"], 3)).toBe(`${long}, y and 1 more`);
    expect(listed(["x".repeat(500), "y"], 3)).toBe(`${"x".repeat(500)} and 1 more`);
  });
});
