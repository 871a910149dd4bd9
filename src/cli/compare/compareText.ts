import { visible } from "../../detection/signin/visible.ts";
import { formatTable } from "../text/formatTable.ts";
import { wrapLines } from "../text/wrap.ts";
import type { PeerComparison, PeerVerdict } from "./againstPeers.ts";
import { peers } from "./peers/peers.ts";
import { catchWords, missWords } from "./peers/why.ts";
import { changeKinds, type RuleChange } from "./ruleChanges.ts";

/** Printed with every comparison, so that nobody takes the models for the rules. */
export const modelNote =
  "These are models of the rules as they are published, in this program's words; they are not the rules.";

/** The part of the output of `compare` that is shown to people. A part that was not requested is null. */
interface Compared {
  readonly changes: readonly RuleChange[] | null;
  readonly againstPeers: PeerComparison | null;
}

/** Returns text for people: one line for each burst and rule, then the totals. */
export function compareText({ changes, againstPeers }: Compared, width: number): string {
  return [
    ...(changes === null ? [] : [wrapLines(changesText(changes), width)]),
    ...(againstPeers === null ? [] : [peersText(againstPeers, width)]),
  ].join("\n");
}

function changesText(changes: readonly RuleChange[]): string {
  const lines = changes
    .filter(({ kind }) => kind !== "same")
    .map(({ kind, user, before, after }) => {
      const side = (findings: RuleChange["before"]) =>
        findings
          .map(
            ({ rules, denials, firstDenialAt, triggeredAt, severity }) =>
              `${rules.join(", ")} from ${shortTime(firstDenialAt)}, fired ${shortTime(triggeredAt)}, ${denials} denials, ${severity}`,
          )
          .join("; ") || "nothing";
      return `${kind.padEnd(6)}  ${visible(user)}\n        before: ${side(before)}\n        after:  ${side(after)}\n`;
    });
  const sums = changeKinds.map(
    (wanted) => `${changes.filter(({ kind }) => kind === wanted).length} ${wanted}`,
  );
  return `${lines.join("")}${sums.join(", ")}.\n`;
}

function peersText({ bursts, totals }: PeerComparison, width: number): string {
  const names = new Map(peers.map(({ id, name }) => [id, name]));
  const blocks = bursts.map(
    ({ user, rules, denials, firstDenialAt, lastDenialAt, peers: verdicts }) =>
      `${shortTime(firstDenialAt)} to ${shortTime(lastDenialAt).slice(11)}  ${visible(user)}, ${denials} denials (${rules.join(", ")})\n${verdicts.map((each) => `  ${verdictText(each)}  ${names.get(each.peer) ?? each.peer}${reasonText(each)}\n`).join("")}`,
  );
  const sums = formatTable(
    ["rule", "alerts", "catches", "misses", "alerts elsewhere"],
    totals.map(({ peer, alerts, catches, elsewhere }) => [
      names.get(peer) ?? peer,
      String(alerts),
      String(catches),
      String(bursts.length - catches),
      String(elsewhere),
    ]),
    width,
  );
  return `${wrapLines(blocks.join(""), width)}\n${sums}\n${wrapLines(modelNote, width)}\n`;
}

function verdictText({ catches }: PeerVerdict): string {
  return catches ? "catches" : "misses ";
}

function reasonText({ why, alerts, doubts }: PeerVerdict): string {
  if (why !== null) {
    return `: ${missWords[why]}`;
  }
  const said = [
    ...(alerts > 1 ? [`${alerts} alerts`] : []),
    ...doubts.map((each) => catchWords[each]),
  ];
  return said.length === 0 ? "" : ` (${said.join("; ")})`;
}

function shortTime(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}
