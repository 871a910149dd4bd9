// Cold starts grow with the bundle, so it has a budget.
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const budgetKb = 800;
const bundle = fileURLToPath(new URL("../dist/app/main.cjs", import.meta.url));

const kb = Math.ceil(statSync(bundle).size / 1000);
console.log(`dist/app/main.cjs is ${kb} KB; the budget is ${budgetKb} KB.`);
if (kb > budgetKb) {
  process.exitCode = 1;
}
