import { RestError } from "@azure/core-rest-pipeline";
import { describe, expect, test } from "vitest";
import { upstreamError } from "../../src/azure/upstream.ts";

const service = { name: "state table", role: "Storage Table Data Contributor" };
const messageOf = (error: unknown) => upstreamError(service, error).message;
const named = (name: string, message: string) => Object.assign(new Error(message), { name });

describe("every failure is reported with its cause", () => {
  test.each([
    [
      new Error("Cannot connect to http://account.example/?sig=c2VjcmV0 while insecure"),
      "state table: failed: Error, Cannot connect to … while insecure",
    ],
    [
      Object.assign(new Error("listen failed"), { code: "EACCES" }),
      "state table: failed: EACCES, listen failed",
    ],
    ["a text", "state table: failed: error, a text"],
    [undefined, "state table: failed: error, undefined"],
    [
      named("AggregateAuthenticationError", "many lines"),
      "state table: no token: nobody is signed in on this machine; use `az login` or `azd auth login`",
    ],
    [
      named("AuthenticationError", "AADSTS700016: Application with identifier"),
      "state table: no token was given for the identity (AADSTS700016)",
    ],
    [named("TimeoutError", "late"), "state table: timed out or was cancelled"],
    [new RestError("x", { code: "ENOTFOUND" }), "state table: no usable answer (ENOTFOUND)"],
  ])("%#", (error, expected) => {
    expect(messageOf(error)).toBe(expected);
  });

  test.each([
    "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq",
    "sig=abc%2Fdef",
    "alice@contoso.com",
    "203.0.113.10",
    "eyJhbGciOiJub25lIn0.eyJhdWQiOiJ4In0.sig",
    "onlyLettersButFarTooManyOfThemToBeAnyWord",
    '"quoted secret"',
    "'quoted secret'",
  ])("but never with what could be a secret: %s", (secret) => {
    expect(messageOf(new Error(`before ${secret} after`))).toMatch(
      /^state table: failed: Error, before …? ?after$/,
    );
  });

  test("and never at length", () => {
    expect(messageOf(new Error("word ".repeat(10_000))).length).toBeLessThan(300);
  });
});
