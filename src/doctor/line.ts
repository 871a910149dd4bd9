/** The result of a check. `skipped`: not tried, because a check that it needs did not pass. */
export type Level = "ok" | "warning" | "fault" | "skipped";

/** The result of one check, for one workspace if it is about one. */
export interface Line {
  /** Stable id, such as `signin-logs-newest`. */
  readonly check: string;
  /** Name of the workspace; null for the app as a whole. */
  readonly workspace: string | null;
  readonly level: Level;
  /** The finding in one sentence, and its meaning. Never a secret, never a row. */
  readonly says: string;
  /** The `az` command or portal step that fixes it; null if there is nothing to fix. */
  readonly cure: string | null;
}

/** A line without its workspace. */
export type Outcome = Pick<Line, "level" | "says" | "cure">;

export function ok(says: string): Outcome {
  return { level: "ok", says, cure: null };
}

export function warning(says: string, cure: string): Outcome {
  return { level: "warning", says, cure };
}

export function fault(says: string, cure: string): Outcome {
  return { level: "fault", says, cure };
}

/** Returns the exit code of the command: 0 all well, 3 warnings only, 2 a fault. */
export function exitCodeOf(lines: readonly Line[]): 0 | 2 | 3 {
  if (lines.some(({ level }) => level === "fault")) {
    return 2;
  }
  return lines.some(({ level }) => level === "warning") ? 3 : 0;
}
