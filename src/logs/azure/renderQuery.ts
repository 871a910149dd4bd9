import { kqlDatetime, kqlString } from "../../detection/incidents/kqlText.ts";
import type { LogQuery } from "../../run/ports.ts";

const day = 86_400_000;

/** A row's `TimeGenerated` lies this far before and after the moment it was stored. */
const guard = { before: 3 * day, after: day } as const;

/** Rows of an answer. One more is asked for; where it comes, the answer is too much and asked for in halves. */
export const pageRows = 10_000;

/** A pattern for what `String.prototype.trim` takes off; `\s` alone knows no blank beyond ASCII. */
const blanks = "[\\s\\v\\p{Z}\uFEFF]+";

const timeColumns = { published: "ingestion_time()", generated: "TimeGenerated" } as const;

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
    blanks: kqlString(blanks),
    everybody: String(users === null),
    users: `dynamic([${(users ?? []).map(kqlString).join(",")}])`,
    mostRows: String(pageRows + 1),
    shards: String(shard?.count ?? 1),
    shard: String(shard?.index ?? 0),
  };
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) {
      throw new Error(`the query has a place {{${name}}} that nothing fills`);
    }
    return value;
  });
}
