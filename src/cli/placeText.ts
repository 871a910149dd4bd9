import type { Place } from "../run/signInFiles.ts";

/** Returns `log.json:3`, `answer.json[7]`, or `log.json:3[7]` for an element of a line. */
export function placeText({ source, line, index }: Place): string {
  const file = source === "-" ? "standard input" : source;
  return `${file}${line === null ? "" : `:${line}`}${index === null ? "" : `[${index}]`}`;
}
