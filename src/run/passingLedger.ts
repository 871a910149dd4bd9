import type { RowAccount } from "../detection/signin/account.ts";
import type { Approval } from "../detection/signin/sighting.ts";
import type { Ledger } from "./ports.ts";

/** Keeps what a reading adds only until that reading ends. */
export class PassingLedger implements Ledger {
  readonly #approvals: (readonly [RowAccount, Approval])[] = [];

  bindings() {
    return { names: [], unnamedTenant: null };
  }

  bind(): void {}

  async *sightings() {}

  addSightings(): void {}

  addApproval(account: RowAccount, approval: Approval): void {
    this.#approvals.push([account, approval]);
  }

  async *approvals(wanted: (account: RowAccount) => boolean) {
    yield* this.#approvals.filter(([account]) => wanted(account));
  }

  async commit(): Promise<void> {}
}
