import { inWords } from "../../detection/rules/ruleText.ts";
import type { Selector } from "../../detection/signin/selector.ts";
import { visible } from "../../detection/signin/visible.ts";
import type { ListedRule } from "../../settings/ruleFile.ts";
import { formatTable } from "../text/formatTable.ts";

/** Shows everything that is in effect, rule by rule, and where each part comes from. */
export function rulesInEffect(listed: readonly ListedRule[], width: number): string {
  return listed.map((each) => ruleInEffect(each, width)).join("\n");
}

function ruleInEffect(listed: ListedRule, width: number): string {
  const { rule, entry, saidAt } = listed;
  const { appliesTo, exclude } = rule.scope;
  const ground = entry.basedOn ?? (rule.source === "" ? "default" : rule.id);
  const from = (member: string, otherwise = ground) => saidAt[member] ?? otherwise;
  const row = (member: string, value: string, otherwise?: string) => [
    member,
    visible(value),
    visible(from(member.split(".")[0] ?? "", otherwise)),
  ];
  const rows = [
    row("mode", rule.mode, "default"),
    row("family", rule.family, "default"),
    ...(entry.wasFamily === undefined ? [] : [row("wasFamily", rule.wasFamily.join(", "))]),
    ...(rule.wasId.length === 0 ? [] : [row("wasId", rule.wasId.join(", "))]),
    row("name", rule.name, entry.basedOn),
    ...(rule.description === "" ? [] : [row("description", rule.description)]),
    row("kind", rule.kind),
    row("window", inWords(rule.windowMs)),
    row("threshold", String(rule.threshold)),
    row("counted", rule.counted.join(", ")),
    row("severity", rule.severity),
    row("usualOriginSeverity", rule.usualOriginSeverity ?? "none"),
    row("originDecides", String(rule.originDecides)),
    row("approval.required", String(rule.approvalRequired)),
    row("approval.watch", inWords(rule.approvalWatchMs) || "none"),
    row("approval.raises", rule.approvalRaises),
    row("techniques", rule.techniques.join(", ")),
    row("message", rule.message),
    row("appliesTo", selectorWords(appliesTo) || "everybody", "default"),
    ...exclude.map(({ of, reason, owner, until }) =>
      row(
        reason === null ? "exclusions" : "exclude",
        [
          selectorWords(of),
          ...(until === null ? [] : [`until ${new Date(until - 1).toISOString().slice(0, 10)}`]),
          ...(reason === null ? [] : [reason]),
          ...(owner === null ? [] : [`(${owner})`]),
        ].join(", "),
      ),
    ),
  ];
  return formatTable([visible(rule.id), "in effect", "from"], rows, width);
}

/** Returns a selector's conditions in one line; empty if it has none. */
function selectorWords(selector: Selector): string {
  const { userType, watchlists, addresses } = selector;
  const listed = (["users", "domains", "applications", "countries"] as const).flatMap((kind) =>
    selector[kind].length === 0 ? [] : [`${kind} ${selector[kind].join(" ")}`],
  );
  return [
    ...listed,
    ...(addresses.length === 0 ? [] : [`addresses ${addresses.map(({ text }) => text).join(" ")}`]),
    ...(userType === null ? [] : [`${userType}s`]),
    ...watchlists.map(({ kind, watchlist, column }) => `${kind} of ${watchlist} (${column})`),
  ].join("; ");
}
