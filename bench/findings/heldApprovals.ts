import type { RowAccount } from "../../src/detection/signin/account.ts";
import type { Approval } from "../../src/detection/signin/sighting.ts";
import type { Ledger, RecordedBindings } from "../../src/run/ports.ts";

/** A ledger in memory. It starts empty and keeps nothing. */
export class HeldApprovals implements Ledger {
  readonly #held: (readonly [RowAccount, Approval])[] = [];

  bindings(): RecordedBindings {
    return { names: [], unnamedTenant: null };
  }

  bind(): void {}

  async *sightings(): AsyncGenerator<never> {}

  addSightings(): void {}

  addApproval(account: RowAccount, approval: Approval): void {
    this.#held.push([account, approval]);
  }

  async *approvals(
    isWanted: (account: RowAccount) => boolean,
  ): AsyncGenerator<readonly [RowAccount, Approval]> {
    yield* this.#held.filter(([account]) => isWanted(account));
  }

  commit(): Promise<void> {
    return Promise.resolve();
  }
}
