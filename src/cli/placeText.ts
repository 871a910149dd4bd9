import type { Place } from "../logs/files/readRecords.ts";

/** `log.json:3`, `answer.json[7]`, or `log.json:3[7]` for an element of what a line holds. */
export function placeText({ source, line, index }: Place): string {
  const file = source === "-" ? "standard input" : source;
  return `${file}${line === null ? "" : `:${line}`}${index === null ? "" : `[${index}]`}`;
}
