import type { Command, Option } from "./command.ts";
import type { heads } from "./heads.ts";

/** An option of every command. */
const helpOption: Option = { name: "help", short: "h", help: "Show this help." };

/** Each command is loaded on demand, because loading all of them takes longer than running most of them. */
const loaders: Readonly<Record<keyof typeof heads, () => Promise<Command>>> = {
  detect: async () => (await import("./detect/detect.ts")).detect,
  report: async () => (await import("./report/report.ts")).report,
  explain: async () => (await import("./explain/explain.ts")).explain,
  tune: async () => (await import("./tune/tune.ts")).tune,
  compare: async () => (await import("./compare/compare.ts")).compare,
  rules: async () => (await import("./rules/rules.ts")).rules,
  generate: async () => (await import("./generate/generate.ts")).generate,
  doctor: async () => (await import("./doctor/doctor.ts")).doctor,
};

/** Returns undefined if there is no command of that name. */
export async function loadCommand(name: string | undefined): Promise<Command | undefined> {
  const load = Object.entries(loaders).find(([each]) => each === name)?.[1];
  const command = await load?.();
  return command && { ...command, options: [...command.options, helpOption] };
}
