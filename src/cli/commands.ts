import type { Command, Option } from "./command.ts";
import { detect } from "./commands/detect.ts";
import { explain } from "./commands/explain.ts";
import { generate } from "./commands/generate.ts";
import { rules } from "./commands/rules.ts";

/** Of every command. */
const helpOption: Option = { name: "help", short: "h", help: "Show this help." };

/** In the order of the help. */
export const commands: readonly Command[] = [detect, explain, rules, generate].map((command) => ({
  ...command,
  options: [...command.options, helpOption],
}));
