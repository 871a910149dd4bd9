import { dirname, join } from "node:path";
import type { Rule } from "../detection/rules/rule.ts";
import { watchlistKey, watchlistsOf, withWatchlists } from "../detection/rules/watchlists.ts";
import type { WatchlistColumn } from "../detection/signin/selector.ts";
import { visible } from "../detection/signin/visible.ts";
import { InputError } from "../logs/files/inputError.ts";
import { didYouMean } from "../settings/nearest.ts";
import { csvLines } from "./csvFile.ts";
import { readTextFile } from "./textFile.ts";

export interface ResolvedRules {
  readonly rules: readonly Rule[];
  /** One sentence for each watchlist that could not be read. */
  readonly unread: readonly string[];
}

/**
 * Returns rules with the values of their watchlists, each from the file `WATCHLIST.csv` beside the file of rules. If
 * that file is missing, an exclusion excludes nobody, and a rule for the list applies to everybody.
 */
export async function withWatchlistFiles(
  rulesFile: string,
  rules: readonly Rule[],
): Promise<ResolvedRules> {
  const values = new Map<string, readonly string[]>();
  const unread: string[] = [];
  for (const list of watchlistsOf(rules)) {
    try {
      values.set(watchlistKey(list), await readColumn(rulesFile, list));
    } catch (error) {
      unread.push(
        `${sentenceOf(error)}, so the watchlist ${visible(list.watchlist)} excludes nobody, and a rule for it applies to everybody`,
      );
    }
  }
  return {
    rules: rules.map((rule) =>
      withWatchlists(rule, (list) => values.get(watchlistKey(list)) ?? null),
    ),
    unread,
  };
}

async function readColumn(
  rulesFile: string,
  { watchlist, column }: WatchlistColumn,
): Promise<readonly string[]> {
  const path = join(dirname(rulesFile), `${watchlist}.csv`);
  const [head = [], ...lines] = csvLines(path, await readTextFile(path));
  const place = head.indexOf(column);
  if (place < 0) {
    throw new InputError(path, `has no column ${column}${didYouMean(column, head)}`);
  }
  const values = lines.map((line) => line[place] ?? "").filter((value) => value.trim() !== "");
  if (values.length === 0) {
    throw new InputError(path, `the column ${column} is empty`);
  }
  return values;
}

function sentenceOf(error: unknown): string {
  if (error instanceof InputError) {
    return error.message;
  }
  throw error;
}
