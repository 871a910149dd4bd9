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
