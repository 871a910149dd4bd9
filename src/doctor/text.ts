import type { Line } from "./line.ts";

const marks = { ok: "ok     ", warning: "warning", fault: "FAULT  ", skipped: "skipped" } as const;

/** Formats a line for people. The cure has a line of its own. */
export function toText({ check, workspace, level, says, cure }: Line): string {
  const place = workspace === null ? check : `${check} [${workspace}]`;
  const found = `${marks[level]}  ${place}: ${says}\n`;
  return cure === null ? found : `${found}         → ${cure}\n`;
}

export function summaryOf(lines: readonly Line[]): string {
  const count = (level: Line["level"]) => lines.filter((line) => line.level === level).length;
  return `\n${count("ok")} ok, ${count("warning")} warnings, ${count("fault")} faults, ${count("skipped")} skipped\n`;
}
