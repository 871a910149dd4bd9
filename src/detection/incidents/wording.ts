import { inWords } from "../rules/ruleText.ts";
import { formatTime } from "../signin/time.ts";
import { inert, visible } from "../signin/visible.ts";

/** A name that needs no escaping in Markdown. It is shown as code, so that no portal turns it into a mail link. */
const plainName = /^[\p{L}\p{N}.@_+#'-]+$/u;

/** Returns an account's name for Markdown. */
export function nameText(name: string): string {
  return plainName.test(name) ? `\`${visible(name, 200)}\`` : inert(name, 200);
}

/** Returns "2026-03-10 09:06:13", in UTC. */
export function dayAndTime(at: number): string {
  return formatTime(at).slice(0, 19).replace("T", " ");
}

/** Returns "09:06:13", with the date if it differs from that of the other time. */
export function timeBeside(at: number, other: number): string {
  const text = dayAndTime(at);
  return text.slice(0, 10) === dayAndTime(other).slice(0, 10) ? text.slice(11) : text;
}

/** Returns a duration in whole seconds, rounded up; "less than a second" for none. */
export function wholeSeconds(durationMs: number): string {
  const seconds = Math.ceil(durationMs / 1_000);
  return seconds === 0 ? "less than a second" : inWords(seconds * 1_000);
}

/** Returns "1 prompt" or "6 prompts". */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** Maximum length of a list. Its first value is always included. */
const longestList = 400;

/** Returns the first values, and the number of others. */
export function listed(values: readonly string[], most: number): string {
  const named: string[] = [];
  let length = 0;
  for (const value of values.slice(0, most)) {
    length += value.length;
    if (named.length > 0 && length > longestList) {
      break;
    }
    named.push(value);
  }
  const rest = values.length - named.length;
  return named.length === 0
    ? "unknown"
    : `${named.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** Returns a value of the log for Markdown. */
export function shown(value: string): string {
  return inert(value, 80);
}
