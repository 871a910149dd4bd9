import type {
  EventRow,
  FailedSignIns,
  PassedSignIn,
  SeenSignIns,
} from "../../src/detection/context/rows.ts";
import { LookUpError, type ContextSource } from "../../src/run/contextSource.ts";
import { alice, time } from "../builders.ts";
import { day } from "./bench.ts";

export const names = [alice.id, alice.name];

/** Tables in memory: each row is known from a time on, and each lookup can be made to fail. */
export class FakeTables implements ContextSource {
  readonly asked: string[] = [];
  seen: readonly SeenSignIns[] = [];
  failed: readonly FailedSignIns[] = [];
  passed: readonly PassedSignIn[] = [];
  stored: readonly (EventRow & { readonly storedAt: number })[] = [];
  failing: ReadonlySet<string> = new Set();
  problem: LookUpError["problem"] = "failed";

  #ask(kind: string): void {
    this.asked.push(kind);
    if (this.failing.has(kind)) {
      throw new LookUpError(this.problem, "the lookup failed");
    }
  }

  async history() {
    this.#ask("history");
    return { rows: { seen: this.seen, habits: [], refused: [] }, gaps: [] };
  }

  async failures() {
    this.#ask("failures");
    return { rows: this.failed, gaps: [] };
  }

  async successes() {
    this.#ask("successes");
    return { rows: this.passed, gaps: [] };
  }

  async events({ ingestedFrom }: { readonly ingestedFrom: number }) {
    this.#ask("events");
    return { rows: this.stored.filter(({ storedAt }) => storedAt >= ingestedFrom), gaps: [] };
  }
}

/** Signs in with MFA from an address on enough days. */
export function month(address: string, until = time("08:00")): readonly SeenSignIns[] {
  return [20, 15, 10].map((ago) => {
    const at = until - ago * day;
    return { names, kind: "satisfied" as const, address, device: null, firstAt: at, lastAt: at };
  });
}
