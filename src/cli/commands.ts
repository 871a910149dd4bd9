import type { Command, Option } from "./command.ts";
import type { heads } from "./heads.ts";

/** An option of every command. */
const helpOption: Option = { name: "help", short: "h", help: "Show this help." };

/** Each is loaded when it is asked for, because to load all takes longer than most of them run. */
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
