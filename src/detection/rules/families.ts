import type { Rule } from "./rule.ts";

/** Rules whose findings share incidents, under the name of their family. */
export interface Family {
  readonly name: string;
  readonly rules: readonly Rule[];
}

/** Rules by family, in the order of the first rule of each. */
export function familiesOf(rules: readonly Rule[]): readonly Family[] {
  const names = [...new Set(rules.map(({ family }) => family))];
  return names.map((name) => ({
    name,
    rules: rules.filter(({ family }) => family === name),
  }));
}

/** The ids that rules have now, by the ones they had before. */
export function currentNames(
  rules: readonly Pick<Rule, "id" | "wasId">[],
): ReadonlyMap<string, string> {
  return new Map(rules.flatMap(({ id, wasId }) => wasId.map((was) => [was, id] as const)));
}
