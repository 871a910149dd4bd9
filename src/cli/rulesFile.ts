import type { Rule } from "../detection/rules/rule.ts";
import { visible } from "../detection/signin/visible.ts";
import { readRuleText, type RulesRead } from "../settings/ruleFile.ts";
import type { Output } from "./command.ts";
import { ProblemsError } from "./problemsError.ts";
import { readTextFile } from "./textFile.ts";
import { withWatchlistFiles } from "./watchlistFiles.ts";

/**
 * Reads the rules in use from a file, with the values of their watchlists.
 *
 * @param stderr receives a line for each watchlist that cannot be read
 * @throws ProblemsError with every problem and its place in the file
 */
export async function readRulesFile(path: string, stderr: Output): Promise<readonly Rule[]> {
  return resolve(path, (await readWholeRulesFile(path)).rules, stderr);
}

/** Reads all rules, including those that are off, so that each can be tested. */
export async function readAllRules(path: string, stderr: Output): Promise<readonly Rule[]> {
  const { listed } = await readWholeRulesFile(path);
  return resolve(
    path,
    listed.map(({ rule }) => rule),
    stderr,
  );
}

async function resolve(
  path: string,
  read: readonly Rule[],
  stderr: Output,
): Promise<readonly Rule[]> {
  const { rules, unread } = await withWatchlistFiles(path, read);
  unread.forEach((sentence) => stderr.write(`mfa-deny: ${visible(sentence, Infinity)}.\n`));
  return rules;
}

/** Reads everything in a file of rules, including rules that are off. @throws ProblemsError */
export async function readWholeRulesFile(path: string): Promise<RulesRead> {
  const read = readRuleText(path, await readTextFile(path));
  if (read.problems.length > 0) {
    throw new ProblemsError(read.problems);
  }
  return read;
}
