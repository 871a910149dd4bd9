import { isFields } from "../signin/fields.ts";
import azureAdMultipleDeniedMfaFile from "./azure-ad-multiple-denied-mfa.yaml";
import explicitMfaDenyFile from "./explicit-mfa-deny.yaml";
import mfaDenyThenApproveFile from "./mfa-deny-then-approve.yaml";
import type { Rule } from "./rule.ts";
import type { RuleEntry } from "./ruleEntry.ts";
import { ruleOf } from "./ruleOf.ts";

/** The rules that ship, in the order in which they are shown. */
export const presets: readonly Rule[] = [
  explicitMfaDenyFile,
  azureAdMultipleDeniedMfaFile,
  mfaDenyThenApproveFile,
]
  .flat()
  .filter(isEntry)
  .map((entry) => ruleOf(entry, { base: null, familyOf: (id) => entry.family ?? id }));

/** Reports whether a file's content is an entry. Tests also read these files as ordinary files of rules. */
function isEntry(content: unknown): content is RuleEntry {
  return isFields(content);
}

/** The id of the rule that is meant where one is needed and none is named. */
export const mainRule = "explicit-mfa-deny";

/** The rules that run if none are chosen. */
export const usualRules: readonly Rule[] = presets.filter(({ mode }) => mode === "on");

export function presetNamed(id: string | undefined): Rule | null {
  return presets.find((rule) => rule.id === id) ?? null;
}
