import type { PromptOutcome } from "../outcomes.ts";
import type { Random } from "../random.ts";
import type { ApprovalMatch, RuleId } from "./kinds.ts";

/** One prompt that the attacker triggered for the victim, and when it was answered. */
export interface Strike {
  readonly at: number;
  readonly outcome: PromptOutcome;
}

/** What a rule must find. `trigger` is the index of a denial. */
export interface Expectation {
  readonly rule: RuleId;
  readonly trigger: number;
  readonly severity: "Medium" | "High";
}

/** The script of an attack. Each kind of attack has one, and everything else follows from it. */
export interface Plot {
  readonly strikes: readonly Strike[];
  readonly approval?: { readonly at: number; readonly match: ApprovalMatch };
  readonly expected: readonly Expectation[];
  /** Maximum number of prompts per request. Default: 1. */
  readonly perRequest?: number;
  /** RADIUS rows: one request per prompt, with the outcome only in Status. */
  readonly radius?: boolean;
  /** Each request comes from a new address. */
  readonly rotating?: boolean;
  /** Each row spells the user's name differently. */
  readonly respelled?: boolean;
  /** Each row is followed by one or two more of the same prompt. */
  readonly repeated?: boolean;
  /** Extra delay before the n-th row is published, in milliseconds. */
  readonly lateMs?: readonly number[];
}

export interface Stage {
  readonly startAt: number;
  readonly random: Random;
  /** The number of earlier attacks of this kind. */
  readonly nth: number;
}

/** Returns `count` times from `startAt`, `low` to `high` milliseconds apart. */
export function moments(
  startAt: number,
  count: number,
  low: number,
  high: number,
  random: Random,
): number[] {
  const times: number[] = [];
  let at = startAt + random.below(1000);
  for (let index = 0; index < count; index += 1) {
    times.push(at);
    at += random.between(low, high);
  }
  return times;
}

export function denied(times: readonly number[]): Strike[] {
  return times.map((at) => ({ at, outcome: "denied" }));
}

/** Returns `count` times in a grid of `step` from `startAt`, each shifted by less than `jitter`. */
export function onGrid(
  startAt: number,
  count: number,
  step: number,
  jitter: number,
  random: Random,
): number[] {
  return Array.from({ length: count }, (_, index) => startAt + index * step + random.below(jitter));
}

export function lastOf(strikes: readonly Strike[]): number {
  return strikes.at(-1)?.at ?? 0;
}
