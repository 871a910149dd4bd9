import type { Rule } from "../../../detection/rules/rule.ts";
import { strongAuthenticationFailed } from "../../../detection/signin/candidate.ts";
import type { Peer } from "../../compare/peers/peer.ts";
import type { PeerRow } from "../../compare/peers/peerRow.ts";
import { saysApproval, saysRefusal } from "./refusalTexts.ts";

const keyOf = ({ tenantId, user }: PeerRow) => JSON.stringify([tenantId, user]);

/**
 * Returns the model of a rule that splits rows into steps: each prompt counts once, at its own time. A row whose steps
 * say nothing is judged by its Status.
 *
 * @param lookBackMs how far back the rule looks, by time of publication
 */
export function modelOfPrompts(
  rule: Rule,
  { lookBackMs, withinMs }: { readonly lookBackMs: number; readonly withinMs?: number },
): Pick<Peer, "makes" | "counts" | "key" | "bins" | "success"> {
  const isRefusal = saysRefusal(rule);
  return {
    makes: (rows) => promptRows(rows, (text) => isRefusal(text) || saysApproval(text)),
    counts: ({ steps }) => (steps.some(isRefusal) ? 1 : 0),
    key: keyOf,
    bins:
      rule.kind === "tumbling"
        ? { kind: "fixed", ms: rule.windowMs }
        : { kind: "sequence", ms: rule.windowMs, lookBackMs },
    ...successOf(rule, { withinMs, is: ({ steps }) => steps.some(saysApproval) }),
  };
}

/** Returns the model of a rule that counts rows whose Status says that a prompt was refused. */
export function modelOfRows(rule: Rule, bins: Peer["bins"]): Pick<Peer, "counts" | "key" | "bins"> {
  const isRefusal = saysRefusal(rule);
  return {
    counts: ({ resultType, status }) =>
      resultType === strongAuthenticationFailed && isRefusal(status) ? 1 : 0,
    key: ({ user }) => user,
    bins,
  };
}

export function successOf(
  { approvalRequired }: Rule,
  {
    is,
    withinMs,
  }: {
    readonly is: (row: PeerRow) => boolean;
    readonly withinMs?: number | undefined;
  },
): Pick<Peer, "success"> {
  const until = withinMs === undefined ? {} : { withinMs };
  return approvalRequired ? { success: { is, order: "after", ...until } } : {};
}

function promptRows(
  rows: readonly PeerRow[],
  tells: (text: string) => boolean,
): readonly PeerRow[] {
  const prompts = new Map<string, PeerRow>();
  for (const row of rows.toSorted((a, b) => a.publishedAt - b.publishedAt)) {
    const told = row.prompts.filter(({ text }) => tells(text));
    const fromStatus = { id: JSON.stringify([row.happenedAt]), text: row.status, at: null };
    const all = told.length > 0 ? told : [fromStatus].filter(({ text }) => tells(text));
    for (const { id, text, at } of all) {
      const placedAt = at ?? row.happenedAt;
      const key = JSON.stringify([keyOf(row), id, text]);
      if (!prompts.has(key)) {
        prompts.set(key, { ...row, status: "", steps: [text], placedAt, happenedAt: placedAt });
      }
    }
  }
  return [...prompts.values()];
}
