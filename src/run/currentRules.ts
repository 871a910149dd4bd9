import type { Rule } from "../detection/rules/rule.ts";
import type { Log } from "./ports.ts";

/** A place outside the settings where rules are kept. */
export interface RuleText {
  /** For problems and logs. */
  readonly name: string;
  /** @returns null if it is unchanged since the last call */
  read(signal: AbortSignal): Promise<string | null>;
}

/** The content of a text: its rules, or every problem in it. */
export type ReadRules = (
  name: string,
  text: string,
) => { readonly rules: readonly Rule[]; readonly problems: readonly string[] };

/** Rules that can change while the process runs. */
export type CurrentRules = (log: Log, signal: AbortSignal) => Promise<readonly Rule[]>;

/**
 * Returns rules that are read again in every run. If they cannot be read, or have problems, the last ones that were
 * read apply, and the log says so.
 */
export function currentRules(source: RuleText, parse: ReadRules): CurrentRules {
  let known: readonly Rule[] | null = null;
  let problem: string | null = null;
  return async (log, signal) => {
    try {
      const text = await source.read(signal);
      if (text !== null) {
        const { rules, problems } = parse(source.name, text);
        problem = problems.length > 0 ? problems.join("; ") : null;
        known = problem === null ? rules : known;
      }
      if (problem !== null) {
        throw new Error(problem);
      }
    } catch (error) {
      signal.throwIfAborted();
      const words = error instanceof Error ? error.message : String(error);
      if (known === null) {
        throw new Error(`the rules cannot be used: ${words}`, { cause: error });
      }
      log.warn("rules not read", { file: source.name, problem: words });
    }
    return known ?? [];
  };
}
