import { usualMaxUnexplained, type Coverage, type Verdict } from "../../run/coverage.ts";
import { exitCodes, type Given, type Option } from "../command.ts";
import { percentage } from "../values.ts";

/** Options of every command that ends with a verdict on what it read. */
export const coverageOptions: readonly Option[] = [
  {
    name: "max-unexplained",
    value: "PERCENT",
    help: `MFA failures that may give no reason before the verdict is partial; ${usualMaxUnexplained * 100} if not given.`,
  },
  { name: "allow-empty", help: "Accept an input without records." },
];

export function coverageLimits(given: Given) {
  const percent = percentage(given, "max-unexplained");
  return {
    maxUnexplained: percent === null ? usualMaxUnexplained : percent / 100,
    allowEmpty: given["allow-empty"] !== undefined,
  };
}

const codeOf = {
  complete: exitCodes.done,
  partial: exitCodes.partial,
  blind: exitCodes.unusable,
} as const satisfies Record<Verdict, number>;

/** With `--exit-code`, findings come first: a gate must not miss an attack because a record beside it is bad. */
export function exitCodeOf(
  { verdict }: Pick<Coverage, "verdict">,
  hasFindings: boolean,
  given: Given,
): number {
  return given["exit-code"] !== undefined && hasFindings ? exitCodes.findings : codeOf[verdict];
}
