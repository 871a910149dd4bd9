import { foundByRules } from "../detection/decisions/record.ts";
import type { Family } from "../detection/rules/families.ts";
import type { SubjectRecord } from "./ports.ts";

/**
 * Reads what is recorded about an account and a family, including what is recorded under former families of its
 * rules. The next write moves that to this family.
 *
 * @param read reads the record of an account under a family; for a former family, all of it
 */
export async function familyHead(
  { name, formerly }: Pick<Family, "name" | "formerly">,
  read: (family: string, isFormer: boolean) => Promise<SubjectRecord>,
): Promise<SubjectRecord> {
  const own = await read(name, false);
  const former: SubjectRecord[] = [];
  for (const before of formerly) {
    const head = await read(before, true);
    // A record that was moved already leads to its new place.
    if (head.subject.rule === before && head.bursts.length > 0) {
      former.push(head);
    }
  }
  return former.length === 0 ? own : former.reduce(withFormer, own);
}

function withFormer(own: SubjectRecord, former: SubjectRecord): SubjectRecord {
  const { subject, bursts, deliveries, takenIn = [] } = former;
  const moved = bursts.map((burst) => ({ ...burst, rules: foundByRules(subject, burst) }));
  return {
    ...own,
    bursts: [...own.bursts, ...moved],
    deliveries: { ...own.deliveries, ...deliveries },
    takenIn: [...(own.takenIn ?? []), ...(former.version === null ? [] : [former]), ...takenIn],
  };
}
