import { isDenial, type PromptOutcome } from "../signin/outcome.ts";
import { windowWords, type Rule } from "./rule.ts";

/** Says what users did, in words that are true of every outcome that is counted. */
export function refusedWord(outcomes: readonly PromptOutcome[]): string {
  return outcomes.every(isDenial) ? "refused" : "did not approve";
}

/** Says in words when a rule fires, with the rule's own numbers. */
export function conditionOf(rule: Rule): string {
  const { kind, threshold, windowMs, approvalRequired, approvalWatchMs } = rule;
  const approval = approvalRequired
    ? `, and an approval within ${inWords(approvalWatchMs)} after the last`
    : "";
  const others = rule.counted.filter((outcome) => !isDenial(outcome));
  const what = others.length === 0 ? "denials" : `denials or ${others.join(", ")}`;
  return `${threshold} or more ${what} ${windowWords[kind]} ${inWords(windowMs)}${approval}`;
}

/**
 * Returns the rule's own sentence about a user.
 *
 * @param user the name to show
 */
export function messageOf(rule: Rule, user: string): string {
  const isPlain = rule.counted.every(isDenial);
  return rule.message
    .replace("{refused}", refusedWord(rule.counted))
    .replace("{denied}", isPlain ? "denied" : refusedWord(rule.counted))
    .replace("{threshold}", String(rule.threshold))
    .replace("{below}", String(rule.threshold - 1))
    .replace("{window}", inWords(rule.windowMs))
    .replace("{user}", () => user);
}

const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

/** Returns "15 minutes", "1 hour 30 minutes" or "0.5 seconds". */
export function inWords(durationMs: number): string {
  const words: string[] = [];
  let left = durationMs;
  for (const [unit, length] of units) {
    const count = unit === "second" ? left / length : Math.floor(left / length);
    left -= count * length;
    if (count > 0) {
      words.push(`${count} ${unit}${count === 1 ? "" : "s"}`);
    }
  }
  return words.join(" ");
}

const techniqueNames: Readonly<Record<string, string>> = {
  T1621: "Multi-Factor Authentication Request Generation",
  "T1078.004": "Valid Accounts: Cloud Accounts",
};

/** Returns a technique of MITRE ATT&CK as a Markdown link. */
export function techniqueLink(id: string): string {
  const name = techniqueNames[id];
  const link = `https://attack.mitre.org/techniques/${id.replace(".", "/")}/`;
  return name === undefined ? `[${id}](${link})` : `[${id} ${name}](${link})`;
}
