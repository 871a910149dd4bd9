// `npm run mutation [-- file or folder]`: makes small changes to src/detection and src/run, one at a time, and
// reports those that no test notices. Takes long. Earlier results are reused as long as neither source nor tests
// changed.
import { statSync } from "node:fs";
import { relative } from "node:path";
import { Stryker } from "@stryker-mutator/core";

const asked = process.argv.slice(2).map((path) => relative("", path).replaceAll("\\", "/"));

for (const folder of ["detection", "run"]) {
  const whole = `src/${folder}`;
  const within = asked.filter((path) => path === whole || path.startsWith(`${whole}/`));
  if (asked.length > 0 && within.length === 0) {
    continue;
  }
  const mutate = (within.length === 0 ? [whole] : within).map((path) =>
    statSync(path).isDirectory() ? `${path}/**/*.ts` : path,
  );
  process.env["TEST_SUITE"] = `mutation-${folder}`;
  await new Stryker({
    mutate,
    incrementalFile: `reports/mutation/${folder}.incremental.json`,
    htmlReporter: { fileName: `reports/mutation/${folder}.html` },
    jsonReporter: { fileName: `reports/mutation/${folder}.json` },
  }).runMutationTest();
}
