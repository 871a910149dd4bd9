// Each bundle has a budget, because cold starts grow with its size.
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const budgetKb = 800;

for (const bundle of ["dist/app/main.cjs", "dist/app/doctor.cjs", "dist/doctor.mjs"]) {
  const path = fileURLToPath(new URL(`../${bundle}`, import.meta.url));
  const kb = Math.ceil(statSync(path).size / 1000);
  console.log(`${bundle} is ${kb} KB; the budget is ${budgetKb} KB.`);
  if (kb > budgetKb) {
    process.exitCode = 1;
  }
}
