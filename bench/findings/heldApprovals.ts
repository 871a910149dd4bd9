import type { Account } from "../../src/detection/signin/classify.ts";
import type { Approval } from "../../src/detection/signin/sighting.ts";
import type { Ledger } from "../../src/run/ports.ts";

/** A ledger in memory: nothing came before, and nothing is kept. */
export class HeldApprovals implements Ledger {
  readonly #held: (readonly [Account, Approval])[] = [];

  async *sightings(): AsyncGenerator<never> {}

  addSightings(): void {}

  addApproval(account: Account, approval: Approval): void {
    this.#held.push([account, approval]);
  }

  async *approvals(
    isWanted: (account: Account) => boolean,
  ): AsyncGenerator<readonly [Account, Approval]> {
    yield* this.#held.filter(([account]) => isWanted(account));
  }

  commit(): Promise<void> {
    return Promise.resolve();
  }
}
