import type { BenignRate } from "../../tenant/benign/kinds.ts";
import { benignRates } from "../../tenant/tenant.ts";
import type { Given, Option } from "../command.ts";
import { UsageError } from "../usageError.ts";

const all = "all";

export const benignOption: Option = {
  name: "benign",
  value: "KIND[=N]",
  repeatable: true,
  help: `N harmless bursts a week among 100 people; ${all} for every kind. May be repeated.`,
};

export const benignDetail = `Harmless bursts, and how many per week 100 people have if N is not given:\n${benignRates.map(({ kind, perWeek }) => `  ${kind.padEnd(20)}${perWeek}`).join("\n")}`;

/** @throws UsageError for an unknown kind, or a number that is not valid */
export function readBenign(given: Given): readonly BenignRate[] {
  return (given[benignOption.name] ?? []).flatMap((text) => {
    const [name = "", number] = text.split("=");
    const rates = benignRates.filter(({ kind }) => name === all || kind === name);
    if (rates.length === 0) {
      throw new UsageError(
        `--benign is '${text}'; it must be one of ${benignRates.map(({ kind }) => kind).join(", ")}, or ${all}`,
      );
    }
    if (number === undefined) {
      return rates;
    }
    const perWeek = /^\d{1,4}(?:\.\d{1,3})?$/.test(number) ? Number(number) : NaN;
    if (Number.isNaN(perWeek)) {
      throw new UsageError(`--benign is '${text}'; the number must be from 0 to 9999.999`);
    }
    return rates.map(({ kind }) => ({ kind, perWeek }));
  });
}
