// Cold starts grow with the bundle, so it has a budget.
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const budgetKb = 800;
const bundle = fileURLToPath(new URL("../dist/app/main.cjs", import.meta.url));

// Until functions/main.ts is written there is nothing to weigh.
if (existsSync(bundle)) {
  const kb = Math.ceil(statSync(bundle).size / 1024);
  console.log(`dist/app/main.cjs is ${kb} KB; the budget is ${budgetKb} KB.`);
  if (kb > budgetKb) process.exitCode = 1;
} else {
  console.log("dist/app/main.cjs does not exist; nothing to weigh.");
}
