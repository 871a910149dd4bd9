import { describe, expect, it } from "vitest";

import {
  resultTypeSearch,
  strongAuthenticationFailed,
} from "../../../src/detection/signin/candidate.ts";

const isFound = (written: string) => resultTypeSearch.some((each) => written.includes(each));

describe("the search for the ResultType of a failed strong authentication", () => {
  it.each([
    strongAuthenticationFailed,
    "500121.0",
    "5.00121e5",
    "50.0121E4",
    "500.121e+3",
    "5001.21e2",
    "50012.1e1",
    "5001210e-1",
    "0.500121E+06",
    // What only rounding makes it.
    "500120.99999999999999",
    "5.0012099999999999999999e5",
  ])("finds %s", (written) => {
    expect(Number(written)).toBe(Number(strongAuthenticationFailed));
    expect(isFound(written)).toBe(true);
  });

  it.each(["0", "50074", "50076", "50140", "50158", "53003", "500011", "500133", "5.00133e5"])(
    "passes over %s",
    (written) => {
      expect(isFound(written)).toBe(false);
    },
  );
});
