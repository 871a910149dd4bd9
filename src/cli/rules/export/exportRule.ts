import { everything } from "../../../detection/signin/scope.ts";
import type { Rule } from "../../../detection/rules/rule.ts";
import { conditionOf } from "../../../detection/rules/ruleText.ts";
import { wholly } from "../../../run/extract.ts";
import { judgeRuleSets } from "../../../run/judgeRuleSets.ts";
import { unplaced } from "../../../run/signInFiles.ts";
import { TempLedger } from "../../../state/disk/tempLedger.ts";
import { MemoryStore } from "../../../state/memoryStore.ts";
import { exampleDay } from "../../../tenant/example.ts";
import { againstPeers, type PeerComparison } from "../../compare/againstPeers.ts";
import type { Peer } from "../../compare/peers/peer.ts";
import { readPeerRow } from "../../compare/peers/peerRow.ts";
import { catchWords, missWords } from "../../compare/peers/why.ts";
import type { Exporter } from "./exporter.ts";

/** Returns the nearest rule, under a header that says how close it comes. */
export async function exportRule(exporter: Exporter, rule: Rule): Promise<string> {
  const measured = await measureOnExample(rule, modelOf(exporter, rule));
  const lines = headerLines(exporter, rule, measured);
  return `${lines.map((line) => `${exporter.comment} ${line}\n`).join("")}${exporter.write(rule)}`;
}

/** Returns the model of an exported rule, as a peer to compare with. */
export function modelOf(exporter: Exporter, rule: Rule): Peer {
  return {
    id: exporter.id,
    name: exporter.name,
    source: "",
    version: "",
    says: "",
    leavesOut: "",
    threshold: rule.threshold,
    ...exporter.model(rule),
  };
}

/** Compares what the rule finds on the example day with what a model of the exported rule finds there. */
async function measureOnExample(rule: Rule, peer: Peer): Promise<PeerComparison> {
  const { rows } = exampleDay();
  async function* entries() {
    yield rows.map(unplaced);
  }
  const ledger = new TempLedger();
  try {
    const { findings } = await judgeRuleSets(
      wholly(entries()),
      { store: new MemoryStore(), ledger },
      // Exclusions are not exported, so the measurement does not apply them either.
      { sets: [[{ ...rule, mode: "on", scope: everything }]], asOf: null, onBad: () => {} },
    );
    const peerRows = rows.flatMap((record) => readPeerRow(record) ?? []);
    return againstPeers(findings[0] ?? [], peerRows, [peer]);
  } finally {
    await ledger.close();
  }
}

function headerLines(
  exporter: Exporter,
  rule: Rule,
  { bursts, totals }: PeerComparison,
): readonly string[] {
  const [total] = totals;
  const { alerts = 0, catches = 0, elsewhere = 0 } = total ?? {};
  const verdicts = bursts.flatMap(({ peers }) => peers);
  const doubts = Object.entries(catchWords).flatMap(([doubt, words]) => {
    const count = verdicts.filter((each) => each.doubts.some((its) => its === doubt)).length;
    return count === 0 ? [] : [`  ${count} for a wrong reason: it ${words}`];
  });
  const reasons = Object.entries(missWords).flatMap(([miss, words]) => {
    const count = verdicts.filter(({ why }) => why === miss).length;
    return count === 0 ? [] : [`- it misses ${count}: ${words}`];
  });
  const { appliesTo, exclude } = rule.scope;
  const isScoped = exclude.length > 0 || appliesTo !== everything.appliesTo;
  return [
    `${rule.id} of mfa-deny: ${conditionOf(rule)}.`,
    `The nearest rule that ${exporter.name} can run. A model of it, on the example day of mfa-deny:`,
    `- it catches ${catches} of ${bursts.length} findings`,
    ...doubts,
    ...reasons,
    `- it alerts ${alerts} times; ${elsewhere} alerts contain none of the findings`,
    "This does not show:",
    ...exporter.leavesOut(rule).map((line) => `- ${line}`),
    "- It does not know usual origins, signs of a takeover, campaigns or other spellings of Microsoft's texts.",
    ...(isScoped
      ? ["- appliesTo and exclude are not carried over: filter the rows yourself."]
      : []),
  ];
}
