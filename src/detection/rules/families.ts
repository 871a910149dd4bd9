import type { Rule } from "./rule.ts";

/** Rules whose findings share incidents, under the name of their family. */
export interface Family {
  readonly name: string;
  readonly rules: readonly Rule[];
  /** Former families of its rules that no rule is in now. */
  readonly formerly: readonly string[];
}

/** Groups rules by family, in the order of the first rule of each. */
export function familiesOf(rules: readonly Rule[]): readonly Family[] {
  const names = [...new Set(rules.map(({ family }) => family))];
  return names.map((name) => {
    const own = rules.filter(({ family }) => family === name);
    const before = new Set(own.flatMap(({ wasFamily }) => wasFamily));
    return { name, rules: own, formerly: [...before].filter((each) => !names.includes(each)) };
  });
}

/** Returns the current ids of rules, by their former ids. */
export function currentNames(
  rules: readonly Pick<Rule, "id" | "wasId">[],
): ReadonlyMap<string, string> {
  return new Map(rules.flatMap(({ id, wasId }) => wasId.map((was) => [was, id] as const)));
}
