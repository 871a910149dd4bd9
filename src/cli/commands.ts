import type { Command, Option } from "./command.ts";
import { compare } from "./compare/compare.ts";
import { detect } from "./detect/detect.ts";
import { doctor } from "./doctor/doctor.ts";
import { explain } from "./explain/explain.ts";
import { generate } from "./generate/generate.ts";
import { report } from "./report/report.ts";
import { rules } from "./rules/rules.ts";
import { tune } from "./tune/tune.ts";

/** An option of every command. */
const helpOption: Option = { name: "help", short: "h", help: "Show this help." };

/** In the order of the help. */
export const commands: readonly Command[] = [
  detect,
  report,
  explain,
  tune,
  compare,
  rules,
  generate,
  doctor,
].map((command) => ({
  ...command,
  options: [...command.options, helpOption],
}));
