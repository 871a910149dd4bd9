import { visible } from "../../../detection/signin/visible.ts";
import type { ScenarioOutcome } from "./runScenario.ts";

/** Returns `ok` or `FAILED` with the name, and the differences below it. */
export function outcomeLines({ scenario, differences }: ScenarioOutcome): string {
  const { name, place } = scenario;
  const head =
    differences.length === 0
      ? `ok      ${visible(name)}`
      : `FAILED  ${visible(name)} (${visible(place)})`;
  return [head, ...differences.map((line) => `        ${visible(line, 1_000)}`), ""].join("\n");
}
