import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Account } from "../../detection/signin/classify.ts";
import type { Approval, Sighting } from "../../detection/signin/sighting.ts";
import type { Ledger } from "../../run/ports.ts";
import { isAccountApproval, type AccountApproval } from "./accountLine.ts";
import { Journal } from "./journal.ts";
import { StateError } from "./stateError.ts";

/** A ledger for one run: nothing came before and nothing is kept, not even where the process is ended. */
export class TempLedger implements Ledger {
  readonly #folder = makeFolder();
  readonly #approvals = new Journal(join(this.#folder, "approvals.ndjson"), isAccountApproval);
  readonly #remove = () => rmSync(this.#folder, { recursive: true, force: true });

  constructor() {
    process.once("exit", this.#remove);
  }

  async *sightings(): AsyncGenerator<readonly [Account, Sighting]> {}

  addSightings(): void {}

  addApproval({ tenantId, user }: Account, approval: Approval): void {
    this.#approvals.add({ tenantId, user, approval });
  }

  async *approvals(
    wanted: (account: Account) => boolean,
  ): AsyncGenerator<readonly [Account, Approval]> {
    yield* accountsWanted(this.#approvals.read(), wanted);
  }

  commit(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#approvals.discard();
    this.#remove();
    process.removeListener("exit", this.#remove);
    return Promise.resolve();
  }
}

function makeFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), "mfa-deny-"));
  } catch (cause) {
    throw StateError.of(tmpdir(), "temporary files cannot be written there", cause);
  }
}

export async function* accountsWanted(
  lines: AsyncIterable<AccountApproval>,
  wanted: (account: Account) => boolean,
): AsyncGenerator<readonly [Account, Approval]> {
  for await (const { tenantId, user, approval } of lines) {
    if (wanted({ tenantId, user })) {
      yield [{ tenantId, user }, approval];
    }
  }
}
