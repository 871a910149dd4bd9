import { expect, test } from "vitest";
import { followedKinds } from "../../../src/detection/context/context.ts";
import {
  auditWords,
  operationNames,
  readOperation,
} from "../../../src/detection/context/operations.ts";
import {
  refusedWords,
  satisfiedWords,
  unexplainedWords,
  waivedWords,
} from "../../../src/detection/context/words.ts";
import { isDenial } from "../../../src/detection/signin/outcome.ts";
import { classifyText } from "../../../src/detection/signin/outcomeText.ts";

const has = (text: string, words: readonly string[]) =>
  words.some((word) => text.toLowerCase().includes(word.toLowerCase()));

test.each([
  "MFA denied; user declined the authentication",
  "User denied the request",
  "MFA denied; Phone App Reported Fraud",
  "MFA denied; Fraud Code Entered",
  "SuspiciousActivityReported",
])("a refusal is found by its words: %s", (text) => {
  expect(isDenial(classifyText(text))).toBe(true);
  expect(has(text, refusedWords)).toBe(true);
});

test.each([
  "MFA denied; user did not respond to mobile app notification",
  "MFA denied; duplicate authentication attempt",
  "MFA denied; user did not select the correct number",
])("nothing else is: %s", (text) => {
  expect(isDenial(classifyText(text))).toBe(false);
  expect(has(text, refusedWords)).toBe(false);
});

test("MFA is satisfied by its own texts, not by those of a first factor", () => {
  for (const text of [
    "MFA requirement satisfied by claim in the token",
    "MFA completed in Azure AD",
  ]) {
    expect(has(text, satisfiedWords)).toBe(true);
  }
  expect(has("First factor requirement satisfied by claim in the token", satisfiedWords)).toBe(
    false,
  );
  expect(has("MFA requirement skipped due to location", waivedWords)).toBe(true);
  expect(has("MFA requirement skipped due to remembered device", waivedWords)).toBe(false);
});

test("the text without a reason is unclassified", () => {
  for (const word of unexplainedWords) {
    expect(classifyText(`The user didn't ${word}. They may have decided not to.`)).toBe(
      "unclassified",
    );
  }
});

test("every known operation of the Entra audit log is found by a word", () => {
  const kinds = ["report", ...followedKinds.filter((kind) => kind !== "inbox-rule")] as const;
  for (const name of kinds.flatMap(operationNames)) {
    expect([name, has(name, auditWords)]).toEqual([name, true]);
  }
});

test("names compare without case and a full stop at the end", () => {
  expect(readOperation("add member to role.").kind).toBe("role");
  expect(readOperation("Add member")).toEqual({ kind: "other", byOthers: "neutral" });
});
