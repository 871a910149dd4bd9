import { kqlDatetime, kqlString } from "../../detection/incidents/kqlText.ts";
import { strongAuthenticationFailed } from "../../detection/signin/candidate.ts";
import { approvalSearch, denialSearch } from "../../detection/signin/outcomeText.ts";
import { pastMfa } from "../../detection/signin/sighting.ts";
import type { LogQuery } from "../../run/ports.ts";

const day = 86_400_000;

/** How far a row's `TimeGenerated` may lie before and after its ingestion, in milliseconds. */
const guard = { before: 3 * day, after: day } as const;

/**
 * Maximum number of rows of an answer. A query asks for one more; if it comes, the answer is too large and is
 * requested again in halves.
 */
export const pageRows = 10_000;

/** Returns a list of texts as a literal. */
export function kqlList(texts: readonly string[]): string {
  return `dynamic([${texts.map(kqlString).join(",")}])`;
}

/** A pattern for everything that `String.prototype.trim` removes. `\s` alone covers ASCII only. */
export const blanks = kqlString("[\\s\\v\\p{Z}\uFEFF]+");

/** The start of letters that JSON may write by their code point. */
const escapedLetters = ["\\u004", "\\u005", "\\u006", "\\u007"];

/** Returns a condition for texts with one of these words, in any case. Words with escaped letters match, too. */
function holdsOneOf(words: readonly string[]): string {
  return [...words, ...escapedLetters]
    .map((word) => `Texts contains ${kqlString(word)}`)
    .join(" or ");
}

const timeColumns = { ingested: "ingestion_time()", generated: "TimeGenerated" } as const;

/** Fills a query's placeholders with literals made of typed values. Text is never pasted. */
export function renderQuery(template: string, { by, range, users, shard }: LogQuery): string {
  const generated =
    by === "generated" ? range : { from: range.from - guard.before, to: range.to + guard.after };
  const values: Readonly<Record<string, string>> = {
    generatedFrom: kqlDatetime(generated.from),
    generatedTo: kqlDatetime(generated.to),
    timeColumn: timeColumns[by],
    from: kqlDatetime(range.from),
    to: kqlDatetime(range.to),
    blanks,
    failed: kqlString(strongAuthenticationFailed),
    successes: [...pastMfa].map(kqlString).join(", "),
    denialWords: holdsOneOf(denialSearch),
    approvalWords: holdsOneOf([approvalSearch]),
    everybody: String(users === null),
    users: kqlList(users ?? []),
    mostRows: String(pageRows + 1),
    shards: String(shard?.count ?? 1),
    shard: String(shard?.index ?? 0),
  };
  return fillQuery(template, values);
}

/** @param values for each placeholder of the template: literals made of typed values */
export function fillQuery(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) {
      throw new Error(`nothing fills the query's placeholder {{${name}}}`);
    }
    return value;
  });
}
