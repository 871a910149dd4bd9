import { expect, test } from "vitest";
import { nothingShown, seeRecord, shownIn } from "../../../src/logs/files/recordsSeen.ts";

test.each<[string, object, boolean]>([
  ["a code", { ResultType: "500121" }, true],
  ["a number", { ResultType: 500121 }, true],
  ["the code of success", { resultType: "0" }, true],
  ["a code in the status", { ResultType: "Failure", Status: { errorCode: 500121 } }, true],
  ["a word", { ResultType: "Failure" }, false],
  ["nothing", { ResultType: "" }, false],
])("of a result, %s shows the code or not", (_, record, isShown) => {
  const seen = nothingShown();
  seeRecord(seen, { Id: "1", ...record });
  expect(shownIn(seen).has("resultCode")).toBe(isShown);
});
