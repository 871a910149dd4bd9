import type { Prompt } from "../prompts/prompt.ts";
import type { Origin } from "../signin/signIn.ts";
import { formatTime } from "../signin/time.ts";
import { inert } from "../signin/visible.ts";

const head = [
  "| time (UTC) | address | place | application | device or user agent | class |",
  "|---|---|---|---|---|---|",
];

/**
 * A Markdown table of denials, oldest first, in at most `longest` characters; the denials that do not fit are
 * counted below it.
 */
export function denialTable(denials: readonly Prompt[], longest: number): readonly string[] {
  const lines = [...head];
  let left = longest - head.join("\n").length - moreLine(denials.length).length - 1;
  for (const denial of denials) {
    const line = rowOf(denial);
    left -= line.length + 1;
    if (left < 0) {
      return [...lines, moreLine(denials.length - lines.length + head.length)];
    }
    lines.push(line);
  }
  return lines;
}

function moreLine(count: number): string {
  return `… and ${count} more, cut for length.`;
}

function rowOf(denial: Prompt): string {
  const { ipAddress, location, application, device, userAgent } = witness(denial);
  const cells = [ipAddress, location, application, device ?? userAgent].map((value) =>
    value === null ? "-" : inert(value, 48),
  );
  const time = formatTime(denial.at).slice(0, 19).replace("T", " ");
  return `| ${[time, ...cells, denial.outcome].join(" | ")} |`;
}

/** The origin that stands for a prompt: the same whatever the order of its sightings. */
function witness({ sightings }: Prompt): Origin {
  return sightings.map(({ origin }) => origin).reduce(smaller);
}

function smaller(a: Origin, b: Origin): Origin {
  // Stryker disable next-line EqualityOperator: of equal ones it does not matter which.
  return JSON.stringify(a) <= JSON.stringify(b) ? a : b;
}
