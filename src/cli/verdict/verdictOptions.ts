import { usualMaxUnexplained, type Coverage, type Verdict } from "../../run/coverage.ts";
import { exitCodes, type Given, type Option } from "../command.ts";
import { percentage } from "../values.ts";

/** Options of every command that ends with a verdict on what it read. */
export const coverageOptions: readonly Option[] = [
  {
    name: "max-unexplained",
    value: "PERCENT",
    help: `Percentage of MFA failures without a reason above which the verdict is partial. Default: ${usualMaxUnexplained * 100}.`,
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

/**
 * With `--exit-code`, findings take precedence, because a gate must not miss an attack only because a record is
 * bad.
 */
export function exitCodeOf(
  { verdict }: Pick<Coverage, "verdict">,
  hasFindings: boolean,
  given: Given,
): number {
  return given["exit-code"] !== undefined && hasFindings ? exitCodes.findings : codeOf[verdict];
}
