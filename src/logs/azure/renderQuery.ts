import { kqlDatetime, kqlString } from "../../detection/incidents/kqlText.ts";
import { strongAuthenticationFailed } from "../../detection/signin/candidate.ts";
import { approvalSearch, denialSearch } from "../../detection/signin/outcomeText.ts";
import { pastMfa } from "../../detection/signin/sighting.ts";
import type { LogQuery } from "../../run/ports.ts";

const day = 86_400_000;

/** A row's `TimeGenerated` lies this far before and after the moment it was stored. */
const guard = { before: 3 * day, after: day } as const;

/** Rows of an answer. One more is asked for; where it comes, the answer is too much and asked for in halves. */
export const pageRows = 10_000;

/** A list of texts as a literal. */
export function kqlList(texts: readonly string[]): string {
  return `dynamic([${texts.map(kqlString).join(",")}])`;
}

/** A pattern for what `String.prototype.trim` takes off; `\s` alone knows no blank beyond ASCII. */
export const blanks = kqlString("[\\s\\v\\p{Z}\uFEFF]+");

/** How JSON begins a letter that it writes by its number. */
const escapedLetters = ["\\u004", "\\u005", "\\u006", "\\u007"];

/** A condition for texts with one of these words, in whatever case; a word may be spelt with escaped letters. */
function holdsOneOf(words: readonly string[]): string {
  return [...words, ...escapedLetters]
    .map((word) => `Texts contains ${kqlString(word)}`)
    .join(" or ");
}

const timeColumns = { ingested: "ingestion_time()", generated: "TimeGenerated" } as const;

/** Fills a query's places with literals made of typed values; text is never pasted. */
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

/** @param values what each place of the template gets: literals made of typed values */
export function fillQuery(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) {
      throw new Error(`the query has a place {{${name}}} that nothing fills`);
    }
    return value;
  });
}
