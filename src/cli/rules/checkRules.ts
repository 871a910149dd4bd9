import { doubtsAbout } from "../../detection/rules/ruleChecks.ts";
import { visible } from "../../detection/signin/visible.ts";
import { exitCodes, type Terminal } from "../command.ts";
import { collectProblems } from "../problemsError.ts";
import { readWholeRulesFile } from "../rulesFile.ts";
import { withWatchlistFiles } from "../watchlistFiles.ts";

/**
 * Reads files of rules and warns of what is valid but probably not intended.
 *
 * @param now epoch milliseconds, for the ends of exclusions
 * @throws ProblemsError with every problem of every file
 */
export async function checkRules(
  files: readonly string[],
  now: number,
  { stdout }: Pick<Terminal, "stdout">,
): Promise<number> {
  for (const [file, { listed }] of await collectProblems(files, readWholeRulesFile)) {
    const rules = listed.map(({ rule }) => rule);
    stdout.write(`${visible(file)}: ok, ${rules.map(({ id }) => id).join(", ")}\n`);
    for (const sentence of (await withWatchlistFiles(file, rules)).unread) {
      stdout.write(`${visible(`${file} warning: ${sentence}`, Infinity)}\n`);
    }
    for (const { rule, member, item, words } of doubtsAbout(rules, now)) {
      const said = listed.find((each) => each.rule === rule);
      const place = said?.placeOf(item === null ? [member] : [member, item]) ?? file;
      const which = `${rule.id} ${member}${item === null ? "" : `[${item}]`}`;
      stdout.write(`${visible(`${place} warning: ${which} ${words}`, Infinity)}\n`);
    }
  }
  return exitCodes.done;
}
