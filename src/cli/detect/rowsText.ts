import { promptOutcomes } from "../../detection/signin/outcome.ts";
import { setAsideReasons, type SetAsideReason } from "../../detection/signin/classify.ts";
import { visible } from "../../detection/signin/visible.ts";
import { count, counted } from "../text/words.ts";
import type { DetectReport } from "./detectReport.ts";

const asideWords = {
  notCandidate: "not about a refused prompt",
  nonInteractive: "not interactive",
  excluded: "excluded by the rules",
  unattributable: "without a user",
  notYetPublished: "published after --as-of",
} as const satisfies Record<SetAsideReason, string>;

/** Says in sentences what became of the rows. */
export function rowsText(run: DetectReport["run"], verbose: boolean): readonly string[] {
  const { rows, classified, setAside, badRecords, unclassified, denials, outcomes } = run;
  const aside = setAsideReasons
    .filter((reason) => setAside[reason] > 0)
    .map((reason) => `${count(setAside[reason])} ${asideWords[reason]}`);
  const parts = [
    `${count(classified)} may show a refusal`,
    ...aside,
    ...(badRecords === 0 ? [] : [`${count(badRecords)} unusable`]),
  ];
  const shown = promptOutcomes.filter((outcome) => outcomes[outcome] > 0);
  return [
    ...Object.entries(run.excludedBy).map(
      ([name, hidden]) => `${visible(name)} hid ${counted(hidden, "denial")}.`,
    ),
    `${counted(rows, "row")} read: ${parts.join(", ")}. ${counted(denials, "refused prompt")}${unclassified === 0 ? "" : `; ${counted(unclassified, "row")} with a text of no known meaning`}.`,
    ...(verbose
      ? [
          `Prompts by outcome: ${shown.map((outcome) => `${count(outcomes[outcome])} ${outcome}`).join(", ") || "none"}.`,
        ]
      : ["--verbose shows rules, ids and outcomes; --format json has everything."]),
  ];
}
