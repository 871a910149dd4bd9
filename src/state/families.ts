import { foundByRules, type Subject } from "../detection/decisions/record.ts";
import { presets } from "../detection/rules/presets.ts";
import type { SubjectRecord } from "../run/ports.ts";
import { subjectName, takeIn, type StateSnapshot } from "./memoryStore.ts";

/**
 * Returns the subject that the records of a subject belong to. Before rules had families, each rule had records of its
 * own.
 */
export function inFamily<S extends Subject>(subject: S): S {
  const family = presets.find(({ id }) => id === subject.rule)?.family;
  return family === undefined || family === subject.rule ? subject : { ...subject, rule: family };
}

/** Adds the records of a rule to those of its family, so that both are judged together from now on. */
export function joinFamily(family: SubjectRecord, ofRule: SubjectRecord): SubjectRecord {
  const bursts = ofRule.bursts.map((burst) => ({
    ...burst,
    rules: foundByRules(ofRule.subject, burst),
  }));
  return takeIn(family, [{ ...ofRule, bursts }], inFamily(ofRule.subject));
}

/** Does the same for everything in a store, and for what is due. */
export function joinFamilies<S extends StateSnapshot>(snapshot: S): S {
  const isOfRule = ({ subject }: { readonly subject: Subject }) => inFamily(subject) !== subject;
  const heads = new Map<string, SubjectRecord>();
  for (const head of snapshot.heads.toSorted((a, b) => Number(isOfRule(a)) - Number(isOfRule(b)))) {
    const name = subjectName(inFamily(head.subject));
    const family = heads.get(name) ?? { ...head, subject: inFamily(head.subject), bursts: [] };
    const { takenIn: _, ...joined } = isOfRule(head) ? joinFamily(family, head) : head;
    heads.set(name, joined);
  }
  const due = snapshot.due.map((item) => ({ ...item, subject: inFamily(item.subject) }));
  return { ...snapshot, heads: [...heads.values()], due };
}
