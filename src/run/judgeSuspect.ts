import type { ContextOf } from "../detection/context/context.ts";
import type { Decision } from "../detection/decisions/decision.ts";
import { judge } from "../detection/decisions/judge.ts";
import type { Subject } from "../detection/decisions/record.ts";
import { ruleViews } from "../detection/decisions/ruleViews.ts";
import { incidentId } from "../detection/incidents/identity.ts";
import { familiesOf } from "../detection/rules/families.ts";
import type { Rule } from "../detection/rules/rule.ts";
import { accountKey, type Account } from "../detection/signin/account.ts";
import type { Approval, Sighting } from "../detection/signin/sighting.ts";
import { familyHead } from "./familyHead.ts";
import type { SubjectRecord, StateStore } from "./ports.ts";

/** An account on which some rule fires or has fired before. */
export interface Suspect {
  readonly account: Account;
  /** Created anew for each call, so that only those of one account are in memory. */
  readonly sightings: () => readonly Sighting[];
}

export function subjectOf(family: string, account: Account): Subject {
  return { ...account, rule: family, workspaceId: null };
}

/** Everything known about suspects besides their sightings. */
export interface Known {
  readonly store: Pick<StateStore, "readHead">;
  readonly approvals: ReadonlyMap<string, readonly Approval[]>;
  readonly rules: readonly Rule[];
}

interface JudgedFamily {
  readonly subject: Subject;
  readonly head: SubjectRecord;
  readonly judged: readonly Decision[];
}

/** Judges an account by each family of rules. */
export async function judgeSuspect(
  { store, approvals, rules: all }: Known,
  { account, sightings }: Suspect,
  contexts: ReadonlyMap<string, ContextOf>,
): Promise<readonly JudgedFamily[]> {
  const views = ruleViews(all, account, sightings());
  const contextOf = contexts.get(accountKey(account));
  const families: JudgedFamily[] = [];
  for (const family of familiesOf(all)) {
    const { rules } = family;
    const head = await familyHead(family, (name) =>
      store.readHead(subjectOf(name, account), -Infinity),
    );
    const { subject } = head;
    const judged = judge({
      subject,
      recorded: head.bursts,
      views: views.filter(({ rule }) => rules.includes(rule)),
      // Stryker disable next-line ArrayDeclaration: a text is not an approval.
      approvals: approvals.get(accountKey(account)) ?? [],
      incidentId,
      openFrom: null,
      bounded: false,
      ...(contextOf === undefined ? {} : { contextOf }),
    });
    families.push({ subject, head, judged });
  }
  return families;
}
