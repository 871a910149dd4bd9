/** How a check ended. `skipped`: not tried, because a check that it rests on did not pass. */
export type Level = "ok" | "warning" | "fault" | "skipped";

/** The answer of one check, for one workspace where it is about one. */
export interface Line {
  /** Stable id, such as `signin-logs-newest`. */
  readonly check: string;
  /** Name of the workspace; null for what all workspaces share. */
  readonly workspace: string | null;
  readonly level: Level;
  /** What was found, in one sentence, and what it means. Never a secret, never a row. */
  readonly says: string;
  /** The `az` command or portal step that mends it; null where nothing is to mend. */
  readonly cure: string | null;
}

/** A line before it is known for which workspace it is. */
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

/** Exit codes of the command: 0 all well, 3 warnings only, 2 a fault. */
export function exitCodeOf(lines: readonly Line[]): 0 | 2 | 3 {
  if (lines.some(({ level }) => level === "fault")) {
    return 2;
  }
  return lines.some(({ level }) => level === "warning") ? 3 : 0;
}
