import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { findWorker } from "../../../standins/functionsHost/workerPath.ts";

const root = new URL("../../../", import.meta.url);

test("the worker's file is found from the sources, and from a bundle in dist/", () => {
  const worker = findWorker();
  expect(existsSync(worker)).toBe(true);
  expect(findWorker(new URL("dist/start.mjs", root).href)).toBe(worker);
});
